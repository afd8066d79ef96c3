"""How much a template may ask for. AWS's own numbers where AWS has one, else a bound that no honest template meets.

Source: API Gateway developer guide, "Quotas and important notes" (template size, iterations of #foreach, payload size).
"""

MAX_TEMPLATE = 300 * 1024  # bytes; AWS
MAX_FOREACH = 1_000  # iterations of one #foreach; AWS
MAX_OUTPUT = 10 * 1024 * 1024  # characters, of the result and of any string on the way; AWS's payload size

# What follows is ours: loops nest, and strings, lists and references can be doubled, so the whole is bounded too.
MAX_ITERATIONS = 100_000  # of all loops of one rendering
MAX_BUILT = 20 * MAX_OUTPUT  # characters and elements built by one rendering
MAX_NODES = 1_000_000  # values visited while one value is turned into text or compared
MAX_ELEMENTS = 100_000  # of a list or map that the template itself makes
MAX_RANGE = 10_000  # elements of [1..n]
MAX_DEPTH = 48  # blocks, parentheses, literals and strings within one another
MAX_OPERATORS = 100  # in one expression
MAX_NUMBER_BITS = 4_096  # of a whole number
MAX_DEFINE_DEPTH = 16  # blocks of #define that render one another
MAX_DEFINE_SELF = 2  # the same block within itself: Velocity's own `directive.define.maxdepth`
MAX_PATH = 2_048  # characters of a JSONPath expression
MAX_PATH_VISITS = 1_000_000  # values visited by all JSONPath expressions of one rendering
