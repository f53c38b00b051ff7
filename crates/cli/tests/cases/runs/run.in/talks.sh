echo '{"eror": "RateLimitError"}' >&2
exit 69
