echo "the service is busy" >&2
echo '{"error": "RateLimitError", "status": 429, "retry_after": "90s"}' >&2
exit 1
