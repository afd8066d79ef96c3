import pytest

from gatewright.services.cognito_idp.tokens.user_agents import device_type


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Windows, Firefox"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1.15", "macOS, Safari"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Android, Chrome"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "iOS, Safari"),
        ("aws-cli/2.15 Python/3.11 Linux/6.1", "Linux, AWS CLI"),
        ("<script>" * 1_000, "unknown"),
        (None, "unknown"),
    ],
)  # fmt: skip
def test_a_device_is_called_by_its_system_and_its_program(user_agent, said):
    assert device_type(user_agent) == said
