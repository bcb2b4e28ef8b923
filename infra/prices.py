"""What AWS asks for, in US dollars: list prices of us-east-1 without any free tier, as of the day below."""

from collections.abc import Mapping
from dataclasses import dataclass

AS_OF = "2026-11-21"
"""When they were entered by hand. AWS changes prices without much notice: compare with the source first."""
MILLION = 1_000_000
HOURS = 730
"""Of a month, as AWS counts."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price, what it is for, and where it is published."""

    dollars: float
    unit: str
    source: str


PRICES: Mapping[str, Price] = {
    "api": Price(3.50 / MILLION, "REST API request", "https://aws.amazon.com/api-gateway/pricing/"),
    "invocation": Price(0.20 / MILLION, "Lambda request", "https://aws.amazon.com/lambda/pricing/"),
    "gb_second": Price(0.0000133334, "Lambda GB-second, arm64", "https://aws.amazon.com/lambda/pricing/"),
    "write": Price(0.625 / MILLION, "DynamoDB write unit, on demand", "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
    "read": Price(0.125 / MILLION, "DynamoDB read unit, on demand", "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
    "stored": Price(0.25 + 0.20, "DynamoDB GB-month, and its point-in-time recovery", "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
    "standard": Price(0.40 / MILLION, "SQS request, standard", "https://aws.amazon.com/sqs/pricing/"),
    "fifo": Price(0.50 / MILLION, "SQS request, FIFO", "https://aws.amazon.com/sqs/pricing/"),
    "log": Price(0.50, "CloudWatch Logs GB taken in", "https://aws.amazon.com/cloudwatch/pricing/"),
    "metric": Price(0.30, "CloudWatch custom metric and month", "https://aws.amazon.com/cloudwatch/pricing/"),
    "alarm": Price(0.10, "CloudWatch alarm and month", "https://aws.amazon.com/cloudwatch/pricing/"),
    "dashboard": Price(3.00, "CloudWatch dashboard and month", "https://aws.amazon.com/cloudwatch/pricing/"),
    "nat": Price(0.045, "NAT gateway and hour (and per GB)", "https://aws.amazon.com/vpc/pricing/"),
    "address": Price(0.005, "public IPv4 address and hour", "https://aws.amazon.com/vpc/pricing/"),
    "out": Price(0.09, "GB out to the internet", "https://aws.amazon.com/ec2/pricing/on-demand/"),
}  # fmt: skip


def cost(**amounts: float) -> float:
    """Dollars for so much of each."""
    return sum(PRICES[name].dollars * amount for name, amount in amounts.items())
