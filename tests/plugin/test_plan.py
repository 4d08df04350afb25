"""Which cassettes the collected tests would use; ``test_orphans`` has plans of whole runs."""

import json

import pytest

from cassette.plugin.plan import Plan, same


@pytest.fixture
def plan(tmp_path):
    paths = {"test_a": ["a.yaml", "login.yaml"], "test_b": ["b.yaml", "login.yaml"]}
    uses = {test: [same(tmp_path / name) for name in names] for test, names in paths.items()}
    return Plan(
        ["test_a", "test_b", "test_c"], uses, ["test_c"], [str(tmp_path)], ["x was ignored"]
    )


def test_a_plan_survives_the_way_from_a_worker(plan):
    assert Plan.load(json.loads(json.dumps(plan.dump()))) == plan


def test_a_plan_tells_the_tests_that_use_a_cassette_however_it_is_spelled(plan, tmp_path):
    assert plan.users(str(tmp_path / "a.yaml")) == ["test_a"]
    assert plan.users(str(tmp_path / "folder" / ".." / "login.yaml")) == ["test_a", "test_b"]
    assert plan.users(str(tmp_path / "none.yaml")) == []


def test_a_link_and_its_file_are_the_same(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    assert same(tmp_path / "link" / "a.yaml") == same(tmp_path / "a.yaml")
