"""Trajectories of agents and evaluations: tau-bench, SWE-agent and Inspect.

Recognised by traj, by history with a trajectory, and by samples with messages.
"""

from collections.abc import Mapping
from typing import Any

from chatdata.domain.dialects.account import Account, Fields, object_at
from chatdata.domain.dialects.assembly import take_id, take_time
from chatdata.domain.dialects.bodies import finish
from chatdata.domain.dialects.encoding import as_text
from chatdata.domain.dialects.message_formats import messages_of
from chatdata.domain.dialects.openai_chat import messages as chat_messages
from chatdata.domain.dialects.usage import usage_of
from chatdata.domain.dialects.values import InvalidConversation, ReadConversation, ReadMessage


def recognises_tau_bench(value: object) -> bool:
    """Whether a value is a trajectory of tau-bench."""
    return isinstance(value, Mapping) and isinstance(value.get("traj"), list)


def recognises_swe_agent(value: object) -> bool:
    """Whether a value is a trajectory of SWE-agent."""
    return isinstance(value, Mapping) and isinstance(value.get("history"), list) and "trajectory" in value


def recognises_inspect(value: object) -> bool:
    """Whether a value is an evaluation's log with samples, or one sample."""
    if not isinstance(value, Mapping):
        return False
    samples = value.get("samples")
    if isinstance(samples, list) and ("eval" in value or "results" in value):
        return True
    return isinstance(value.get("messages"), list) and {"epoch", "input"} <= set(value)


def read_tau_bench(value: object) -> list[ReadConversation | InvalidConversation]:
    """The conversation of one task."""
    fields = object_at(value, "the document", Account())
    fields = Fields(fields.remaining(), "", fields.account)
    inner = Account()
    messages = messages_of(fields.take("traj"), "traj", inner)
    task, trial = take_id(fields, "task_id"), take_id(fields, "trial")
    session_id = "-".join(part for part in (task, trial) if part is not None)
    found = ReadConversation("tau-bench", tuple(messages), id=f"tau-{session_id}" if session_id else None)
    fields.close()
    return [finish(found, fields.account, inner)]


def read_swe_agent(value: object) -> list[ReadConversation | InvalidConversation]:
    """The conversation of one run: its history; the steps of the trajectory restate it."""
    if not isinstance(value, dict):
        raise InvalidConversation("an object with history is expected")
    fields, inner = Fields(value, "", Account()), Account()
    messages = messages_of(fields.take("history"), "history", inner)
    info = Fields(fields.take_object("info"), "info", fields.account)
    usage = usage_of(info.take("model_stats"), "info.model_stats", fields.account)
    fields.leave_out("event", "trajectory")
    found = ReadConversation(
        "swe-agent", tuple(messages), id=fields.take_text("instance_id"), usage=(usage,) if usage else ()
    )
    info.close()
    fields.close()
    return [finish(found, fields.account, inner)]


def read_inspect(value: object) -> list[ReadConversation | InvalidConversation]:
    """One conversation for each sample; an unreadable one is an InvalidConversation that says why."""
    if not isinstance(value, dict):
        raise InvalidConversation("an object with samples is expected")
    if "samples" not in value:
        return [_sample(value, "", None, None, Account())]
    around = Account()
    log = Fields(value, "", around)
    samples = log.take_list("samples")
    evaluation = Fields(log.take_object("eval"), "eval", around)
    model, run = evaluation.take_text("model"), evaluation.take_text("run_id", "eval_id", "task_id")
    evaluation.close()
    log.close()
    found: list[ReadConversation | InvalidConversation] = []
    for index, item in enumerate(samples):
        try:
            found.append(_sample(item, f"samples[{index}]", model, run, around))
        except InvalidConversation as unfit:
            found.append(unfit)
        around = Account()
    return found


def _sample(item: object, place: str, model: str | None, run: str | None, around: Account) -> ReadConversation:
    if not isinstance(item, dict):
        raise InvalidConversation(f"{place or 'the sample'} should be an object")
    account, inner = Account(), Account()
    account.left_out += around.left_out
    fields = Fields(item, place, account)
    items = fields.take("messages")
    if not isinstance(items, list):
        raise InvalidConversation(f"{place or 'the sample'} has no list of messages")
    messages = _messages(items, fields.at("messages"), inner)
    sample, epoch = take_id(fields, "id", "uuid"), take_id(fields, "epoch")
    output = Fields(fields.take_object("output"), fields.at("output"), account)
    usage = usage_of(output.take("usage"), output.at("usage"), account)
    if messages and _answers(output.peek("choices")) == [messages[-1].message.content]:
        output.skip("choices")
    found = ReadConversation(
        "inspect",
        tuple(messages),
        id="-".join(part for part in (run, sample, epoch) if part) or None,
        started=take_time(fields, "started_at"),
        updated=take_time(fields, "completed_at"),
        model=output.take_text("model") or model,
        usage=(usage,) if usage else (),
    )
    if any(item.message.content == fields.peek("input") for item in messages):
        fields.skip("input")
    output.close()
    fields.close()
    return finish(found, account, inner)


def _answers(choices: object) -> list[object]:
    """The contents of the answers, where they say nothing but what the messages say too."""
    found: list[object] = []
    for choice in choices if isinstance(choices, list) else []:
        message = choice.get("message") if isinstance(choice, dict) else None
        plain = isinstance(message, dict) and set(message) <= {"id", "content", "source", "role", "model"}
        found.append(message.get("content") if isinstance(message, dict) and plain else None)
    return found


def _messages(items: list[Any], place: str, account: Account) -> list[ReadMessage]:
    """The messages, whose calls have the function's name and arguments as they were parsed."""
    return chat_messages([_with_calls(item) for item in items], place, account)


def _with_calls(item: object) -> object:
    if not isinstance(item, dict):
        return item
    found = dict(item)
    if found.get("role") == "tool" and "function" in found and "name" not in found:
        found["name"] = found.pop("function")
    if isinstance(item.get("tool_calls"), list):
        found["tool_calls"] = [_call(entry) for entry in item["tool_calls"]]
    return found


def _call(entry: object) -> object:
    if not isinstance(entry, dict) or not isinstance(entry.get("function"), str):
        return entry
    arguments = entry.get("arguments")
    function = {"name": entry["function"], "arguments": as_text({} if arguments is None else arguments)}
    others = {key: value for key, value in entry.items() if key not in ("function", "arguments", "id", "type")}
    return {"id": entry.get("id"), "type": "function", "function": function, **others}
