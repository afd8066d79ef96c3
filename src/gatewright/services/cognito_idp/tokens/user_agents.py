"""What a session's device is called: the operating system and the browser or app that a user agent names. Pure.

Law: it is a description for people, made of what anybody can send: never a reason for a decision, and never longer than
AWS's 1,024 characters. Assumed: AWS's words are not known; `unknown` is one of them.
"""

UNKNOWN = "unknown"
_LONGEST = 256  # characters that are looked at
_SYSTEMS = (  # the first that is named: those that name others after them come first
    ("windows nt", "Windows"),
    ("iphone", "iOS"),
    ("ipad", "iOS"),
    ("android", "Android"),
    ("cros ", "ChromeOS"),
    ("mac os x", "macOS"),
    ("macos", "macOS"),
    ("linux", "Linux"),
)
_PROGRAMS = (
    ("edg/", "Edge"),
    ("opr/", "Opera"),
    ("firefox/", "Firefox"),
    ("chrome/", "Chrome"),
    ("crios/", "Chrome"),
    ("safari/", "Safari"),
    ("boto3/", "Boto3"),
    ("aws-cli/", "AWS CLI"),
    ("aws-sdk-js/", "AWS SDK for JavaScript"),
    ("aws-amplify/", "Amplify"),
)


def device_type(user_agent: str | None) -> str:
    """Return what a user agent says of the device, such as `Windows, Firefox`."""
    said = (user_agent or "")[:_LONGEST].lower()
    system = next((name for word, name in _SYSTEMS if word in said), None)
    program = next((name for word, name in _PROGRAMS if word in said), None)
    return ", ".join(name for name in (system, program) if name) or UNKNOWN
