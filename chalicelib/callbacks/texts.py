"""What a follower may read that belongs to no feature."""

LEFT_HUMAN_SERVICE = "已退出人工服务，您可以继续直接提问。"
