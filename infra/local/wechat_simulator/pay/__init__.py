"""WeChat Pay's side: orders, notices of payment and refund, and the order query (official docs, API v3)."""
