"""What followers say that must not stand anywhere, and what the FAQ cannot answer."""

SECRET = "我叫张小满，鸡蛋碎了"
QUESTION = "怎样报名马拉松"
