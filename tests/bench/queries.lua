-- One query a request, of a random key about a random insured. What it asks stands in files, by environment.
local tokens, numbers, places, head, before, after = {}, "", 0, "", "", ""

function init(args)
  for token in io.lines(os.getenv("BENCH_TOKENS")) do tokens[#tokens + 1] = token end
  local file = assert(io.open(os.getenv("BENCH_NUMBERS"), "rb"))
  numbers = file:read("*a")
  file:close()
  places = #numbers / 10
  head, before, after = os.getenv("BENCH_HEAD"), os.getenv("BENCH_BEFORE"), os.getenv("BENCH_AFTER")
  math.randomseed(tonumber(os.getenv("BENCH_SEED")))
end

function request()
  local start = 10 * (math.random(places) - 1)
  local number = numbers:sub(start + 1, start + 10)
  return head:gsub("TOKEN", tokens[math.random(#tokens)]) .. "\r\n\r\n" .. before .. number .. after
end

function done(summary, latency, requests)
  local wrong = summary.errors
  print(string.format(
    'RESULT {"answers": %d, "seconds": %.6f, "failed": %d, "refused": %d, "p50": %.3f, "p99": %.3f, "longest": %.3f}',
    summary.requests, summary.duration / 1e6, wrong.connect + wrong.read + wrong.write + wrong.timeout, wrong.status,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
