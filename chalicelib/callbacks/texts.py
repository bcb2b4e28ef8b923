"""What a follower may read that belongs to no feature."""

LEFT_HUMAN_SERVICE = "已退出人工服务，您可以继续直接提问。"
HANDED_OVER = "已为您转接人工客服，请稍候。回复“退出人工”可以回到自助提问。"
