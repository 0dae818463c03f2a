-- The last line of a run, for the script that reads it: answers, errors, microseconds, and latencies at p50 and p99.
function done(summary, latency, requests)
  local e = summary.errors
  print(string.format("result %d %d %d %d %d", summary.requests - e.status, e.status + e.connect + e.read + e.write + e.timeout,
    summary.duration, latency:percentile(50), latency:percentile(99)))
end
