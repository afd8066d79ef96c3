"""A setting means the same whichever way it comes."""

from pathlib import Path

import pytest

from gatewright.settings import Settings, SettingsError, load


def _file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "gatewright.toml"
    file.write_text(text)
    return file


def test_a_path_and_a_number_can_come_from_each_source(tmp_path: Path) -> None:
    wanted = Settings(data=Path("/var/lib/gatewright"), port=1234)
    assert load({"data": "/var/lib/gatewright", "port": "1234"}, {}) == wanted
    assert load({"data": Path("/var/lib/gatewright"), "port": 1234}, {}) == wanted
    assert load({}, {"GATEWRIGHT_DATA": "/var/lib/gatewright", "GATEWRIGHT_PORT": "1234"}) == wanted
    assert load({}, {}, _file(tmp_path, 'data = "/var/lib/gatewright"\nport = 1234\n')) == wanted


def test_the_command_line_is_stronger_than_a_variable_and_a_variable_than_the_file(tmp_path: Path) -> None:
    file = _file(tmp_path, 'host = "::1"\nport = 1\ndomain = "a.example"\n')
    settings = load({"host": "127.0.0.2"}, {"GATEWRIGHT_HOST": "127.0.0.3", "GATEWRIGHT_PORT": "2"}, file)
    assert (settings.host, settings.port, settings.domain) == ("127.0.0.2", 2, "a.example")


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 100_000, "port = " + "9" * 5_000, "port = 2026-02-30", "\x00", "=", "a"]
)
def test_what_is_no_toml_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="is not TOML"):
        load({}, {}, _file(tmp_path, text))


def test_a_path_that_is_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="data"):
        load({}, {}, _file(tmp_path, "data = 7\n"))


def test_what_a_setting_may_not_be_is_told_by_its_name() -> None:
    with pytest.raises(SettingsError, match="bad setting: port: Expected `int`"):
        load({}, {"GATEWRIGHT_PORT": "abc"})


def test_a_slip_in_a_name_is_refused_and_the_setting_that_is_meant_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no setting GATEWRIGHT_TRUSTED_PROXY: is GATEWRIGHT_TRUSTED_PROXIES meant"):
        load({}, {"GATEWRIGHT_TRUSTED_PROXY": "10.0.0.1"})
    with pytest.raises(SettingsError, match=r"gatewright\.toml: there is no setting 'worker': is 'workers' meant\?"):
        load({}, {}, _file(tmp_path, "worker = 2\n"))
    with pytest.raises(SettingsError, match=r"there is no setting 'colour'$"):
        load({}, {}, _file(tmp_path, 'colour = "red"\n'))


def test_variables_of_others_that_share_the_prefix_are_left_alone() -> None:
    others = {"GATEWRIGHT_SERVICE_HOST": "10.0.0.9", "GATEWRIGHT_PASSWORD": "x", "GATEWRIGHT_CLIENT_SECRET": "x"}
    assert (
        load({}, others | {"GATEWRIGHT_CONFIG": "x", "GATEWRIGHT_PORT_4566_TCP": "tcp://10.0.0.9:4566"}) == Settings()
    )
