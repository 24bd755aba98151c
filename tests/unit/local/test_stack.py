"""The supervisor with real processes and, since none is needed for that, without a broker."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from deploy.local import processes
from deploy.local.broker import new_cluster_id
from deploy.local.stack import ProcessSpec, Stack

OUTSIDE = "kafka.example.org:9092"
SLEEPER = "import time; print('started', flush=True); time.sleep(600)"
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}])
print("child", child.pid, flush=True)
child.wait()
"""


def python(name, code, **changes):
    return ProcessSpec(name, [sys.executable, "-u", "-c", textwrap.dedent(code)], **changes)


def wait_for(condition, timeout_s=15.0, what="condition"):
    deadline = time.monotonic() + timeout_s
    while not (result := condition()):
        assert time.monotonic() < deadline, f"{what} not met within {timeout_s} s"
        time.sleep(0.05)
    return result


@pytest.fixture
def stack(tmp_path):
    lines = []
    stack = Stack(tmp_path / "a state; 100%é", bootstrap=OUTSIDE, progress=lines.append)
    stack.lines = lines
    yield stack
    stack.down()
    assert processes.of_stack(stack.state_dir) == []


def gone(pid):
    """Whether the process has ended (a zombie has)."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def by_name(stack):
    return {status.name: status for status in stack.status()}


def log(stack, name):
    path = stack.log_dir / f"{name}.log"
    return path.read_text() if path.exists() else ""


def test_up_status_down(stack):
    asked = []
    assert stack.up([python("one", SLEEPER), python("two", SLEEPER)], detach=True, on_broker_ready=asked.append)
    assert asked == [OUTSIDE]
    assert stack.running()
    statuses = wait_for(lambda: (found := by_name(stack)) and all(s.pid for s in found.values()) and found)
    assert set(statuses) == {"one", "two"}  # an outside broker is no process of ours
    assert {status.state for status in statuses.values()} == {"running"}
    assert all(status.restarts == 0 and status.log.parent == stack.log_dir for status in statuses.values())
    wait_for(lambda: log(stack, "one") == log(stack, "two") == "started\n")

    assert not stack.up([python("one", SLEEPER)], detach=True)
    assert "up already" in stack.lines[-1]

    assert stack.down()
    assert all(gone(status.pid) for status in statuses.values())
    assert stack.status() == []
    assert not stack.running()
    assert not stack.down()
    assert "not running" in stack.lines[-1]


def test_arguments_environment_and_directory_reach_the_process_unchanged(stack, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INHERITED", "from the caller")
    odd = "%(x)s ; \" ' \n é 🙂"
    told = "[sys.argv[1], os.environ['ODD'], os.environ['INHERITED'], os.getcwd()]"
    code = f"import json, os, sys, time; print(json.dumps({told})); time.sleep(600)"
    stack.up([ProcessSpec("one", [sys.executable, "-uc", code, odd], {"ODD": odd})], detach=True)
    line = wait_for(lambda: log(stack, "one"))
    assert json.loads(line) == [odd, odd, "from the caller", str(tmp_path)]


def test_a_killed_process_is_restarted_and_its_children_do_not_outlive_it(stack):
    stack.up([python("one", PARENT), python("two", SLEEPER)], detach=True)
    child = int(wait_for(lambda: log(stack, "one").split())[1])
    before = by_name(stack)
    os.kill(before["one"].pid, signal.SIGKILL)
    after = wait_for(lambda: (found := by_name(stack)["one"]).pid not in (None, before["one"].pid) and found)
    assert after.restarts == 1
    wait_for(lambda: gone(child), what="end of the dead process's child")
    assert by_name(stack)["two"].pid == before["two"].pid


def test_a_process_that_ends_at_once_is_retried_with_growing_pauses(stack):
    stack.up([python("broken", "print('no such model'); raise SystemExit(3)")], detach=True)
    wait_for(lambda: by_name(stack)["broken"].restarts >= 2)
    assert by_name(stack)["broken"].state in ("backoff", "running")
    starts = [
        line for line in (stack.log_dir / "supervisor.log").read_text().splitlines() if "spawned: 'broken'" in line
    ]
    assert len(starts) <= 4
    assert "no such model" in log(stack, "broken")


def test_one_that_ignores_sigterm_is_killed_with_its_group_after_its_time(stack):
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + textwrap.dedent(PARENT)
    stack.up([ProcessSpec("stubborn", [sys.executable, "-uc", stubborn], stop_timeout_s=1)], detach=True)
    child = int(wait_for(lambda: log(stack, "stubborn").split())[1])
    started = time.monotonic()
    stack.down()
    assert 1 <= time.monotonic() - started < 8
    wait_for(lambda: gone(child), what="end of the whole group")


def test_the_supervisor_killed_its_orphans_are_shown_and_the_next_up_ends_them(stack):
    stack.up([python("one", PARENT)], detach=True)
    wait_for(lambda: "started" in log(stack, "one"))
    supervisord = json.loads((stack.run_dir / "stack.json").read_text())["supervisord"]
    os.kill(supervisord, signal.SIGKILL)
    wait_for(lambda: not stack.running())
    orphans = stack.status()
    assert {status.state for status in orphans} == {"orphaned"}
    assert [status.name for status in orphans] == ["one", "one"]

    stack.lines.clear()
    assert stack.up([python("one", SLEEPER)], detach=True)
    assert "supervisor of an earlier run is gone" in stack.lines[0]
    assert all(str(orphan.pid) in stack.lines[0] for orphan in orphans)
    assert all(gone(orphan.pid) for orphan in orphans)
    assert by_name(stack)["one"].state == "running"


def test_down_ends_orphans_too_even_with_the_state_directory_deleted(stack):
    stack.up([python("one", SLEEPER)], detach=True)
    pid = wait_for(lambda: by_name(stack)["one"].pid)
    (stack.run_dir / "stack.json").unlink()
    assert not stack.running()
    assert stack.down()
    assert gone(pid)


def test_a_failing_step_of_up_leaves_nothing(stack):
    def fail(_bootstrap):
        raise ValueError("no such topic table")

    with pytest.raises(ValueError, match="no such topic table"):
        stack.up([python("one", SLEEPER)], detach=True, on_broker_ready=fail)
    assert processes.of_stack(stack.state_dir) == []


def test_two_stacks_side_by_side(stack, tmp_path):
    other = Stack(tmp_path / "other", bootstrap=OUTSIDE, progress=lambda _line: None)
    try:
        stack.up([python("one", SLEEPER)], detach=True)
        other.up([python("one", SLEEPER)], detach=True)
        stack.down()
        assert by_name(other)["one"].state == "running"
    finally:
        other.down()


FOREGROUND = """
import sys
from deploy.local.stack import ProcessSpec, Stack
stack = Stack(sys.argv[1], bootstrap="kafka.example.org:9092", progress=lambda line: print(line, flush=True))
stack.up([ProcessSpec("one", [sys.executable, "-c", sys.argv[2]])])
print("returned", flush=True)
"""


@pytest.fixture
def foreground(tmp_path):
    """`up` in a process of its own, started."""
    state = tmp_path / "state"
    caller = subprocess.Popen(
        [sys.executable, "-c", FOREGROUND, str(state), SLEEPER],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    started = state / "logs" / "one.log"
    wait_for(lambda: started.exists() and started.read_text())
    yield state, caller
    caller.kill()
    assert processes.of_stack(state) == []


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_in_the_foreground_a_signal_stops_all_once(foreground, ending):
    _, caller = foreground
    os.killpg(caller.pid, ending)  # as a terminal does: to the whole group
    time.sleep(0.2)
    if caller.poll() is None:
        os.killpg(caller.pid, ending)  # an impatient user's second one changes nothing
    output, _ = caller.communicate(timeout=30)
    assert caller.returncode == 0, output
    assert output.count("Stopping the services") == 1
    assert output.rstrip().endswith("returned")


def test_down_in_another_terminal_is_quick_and_ends_up_in_order(foreground):
    state, caller = foreground
    os.kill(caller.pid, signal.SIGSTOP)  # one that is busy elsewhere does not notice that its supervisor has ended
    started = time.monotonic()
    assert Stack(state, bootstrap=OUTSIDE, progress=[].append).down()
    assert time.monotonic() - started < 10
    os.kill(caller.pid, signal.SIGCONT)
    output, _ = caller.communicate(timeout=30)
    assert caller.returncode == 0, output
    assert output.splitlines()[-2:] == ["Stopped by `claimstream down`.", "returned"]


def test_in_the_foreground_the_death_of_the_supervisor_is_an_error(foreground):
    state, caller = foreground
    os.kill(json.loads((state / "run" / "stack.json").read_text())["supervisord"], signal.SIGKILL)
    output, _ = caller.communicate(timeout=30)
    assert caller.returncode == 1
    assert "The supervisor ended unexpectedly" in output


def test_in_the_foreground_the_end_of_the_callers_work_stops_all(stack):
    seen = []
    assert stack.up([python("one", SLEEPER)], while_up=lambda: seen.append(stack.running()))
    assert seen == [True]
    assert not stack.running()


def test_a_process_is_told_how_often_it_was_started_again(stack):
    code = "import os, sys, time; print(os.environ['CLAIMSTREAM_METRICS__RESTARTS'], flush=True); time.sleep(0.3)"
    stack.up([python("one", code)], detach=True)
    wait_for(lambda: log(stack, "one").split()[:3] == ["0", "1", "2"], what="two restarts")


def test_cluster_ids_are_no_options() -> None:
    """Kafka's tool takes an id that begins with "-" for an option."""
    assert not any(new_cluster_id().startswith("-") for _ in range(500))
