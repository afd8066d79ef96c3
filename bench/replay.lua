-- Sends the requests of a file, byte for byte, one after the other and over again; says at the end what came of it.
-- The file: a decimal length, a line feed, so many bytes, and so on. A signature is good for five minutes.

local requests = {}
local at = 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  while true do
    local length = file:read("*n")
    if not length then break end
    file:read(1)
    requests[#requests + 1] = file:read(length)
  end
  file:close()
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    "RESULT %d %d %d %d %d\n",
    summary.requests, summary.duration,
    failed.status, failed.connect + failed.read + failed.write + failed.timeout,
    latency:percentile(99.0)
  ))
end
