"""The platform, around wechatpy: envelope, inbound, reply, client, errors."""
