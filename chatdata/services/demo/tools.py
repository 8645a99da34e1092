"""The reference platform's tools: one function per tool, which returns a call together with its result."""

from collections.abc import Mapping
from typing import Any

from chatdata.services.demo.ids import uuid_of
from chatdata.services.demo.steps import Call

Hit = tuple[str, str, float, int]
"""An agent: "creator/slug", description, rating and number of runs."""


def _name(slug: str) -> str:
    return slug.split("/")[-1].replace("-", " ").title()


def _result(kind: str, message: str, **own: Any) -> dict[str, Any]:
    return {"type": kind, "message": message, **own}


def _agents(hits: tuple[Hit, ...], source: str) -> list[dict[str, Any]]:
    return [
        {
            "id": slug if source == "marketplace" else uuid_of("agent", slug),
            "name": _name(slug),
            "description": description,
            "source": source,
            "in_library": source == "library",
            "creator": slug.split("/")[0],
            "rating": rating,
            "runs": runs,
        }
        for slug, description, rating, runs in hits
    ]


def find_agent(query: str, *hits: Hit) -> Call:
    """A search of the marketplace for agents."""
    found = _agents(hits, "marketplace")
    message = f"Found {len(found)} agents for '{query}'" if found else f"No agents found for '{query}'"
    own = _result("agents_found", message, title=f"Marketplace: {query}", agents=found, count=len(found))
    return Call("find_agent", {"query": query}, own)


def find_library_agent(query: str, *hits: Hit) -> Call:
    """A search of the user's own library for agents."""
    found = _agents(hits, "library")
    message = f"{len(found)} agents in your library match '{query}'"
    own = _result("agents_found", message, title="Your library", agents=found, count=len(found))
    return Call("find_library_agent", {"query": query}, own)


def run_agent(slug: str, inputs: Mapping[str, Any], *, run: int = 1, cron: str = "", timezone: str = "UTC") -> Call:
    """A run of an agent or, with `cron`, a schedule for it."""
    graph = {"graph_id": uuid_of("graph", slug), "graph_name": _name(slug)}
    if cron:
        own = _result(
            "schedule_created",
            f"{_name(slug)} is scheduled.",
            schedule_id=uuid_of("schedule", slug, run),
            **graph,
            cron=cron,
            timezone=timezone,
        )
    else:
        execution = uuid_of("execution", slug, run)
        own = _result("execution_started", "Execution started.", execution_id=execution, **graph, status="QUEUED")
    return Call("run_agent", _run_arguments(slug, inputs, cron, timezone), own)


def _run_arguments(slug: str, inputs: Mapping[str, Any], cron: str, timezone: str) -> dict[str, Any]:
    return {
        "username_agent_slug": slug,
        "inputs": dict(inputs),
        "use_defaults": False,
        "schedule_name": _name(slug) if cron else "",
        "cron": cron,
        "timezone": timezone,
    }


def needs_setup(slug: str, inputs: Mapping[str, Any], *providers: str) -> Call:
    """A run that cannot start until credentials for these providers are connected."""
    missing = {provider: {"provider": provider, "type": "oauth2"} for provider in providers}
    info = {
        "agent_name": _name(slug),
        "requirements": {"credentials": list(missing.values()), "inputs": list(inputs)},
        "user_readiness": {"has_all_credentials": False, "missing_credentials": missing},
    }
    message = f"Connect {', '.join(providers)} to run {_name(slug)}."
    return Call(
        "run_agent",
        _run_arguments(slug, inputs, "", "UTC"),
        _result("setup_requirements", message, setup_info=info),
    )


def view_agent_output(slug: str, outputs: Mapping[str, Any], *, run: int = 1) -> Call:
    """A look at the outputs of a finished run."""
    execution = uuid_of("execution", slug, run)
    shown = {"execution_id": execution, "status": "COMPLETED", "outputs": dict(outputs)}
    own = _result("agent_output", f"{_name(slug)} has finished.", agent_name=_name(slug), execution=shown)
    return Call("view_agent_output", {"agent_name": _name(slug), "execution_id": execution}, own)


def create_agent(name: str, description: str) -> Call:
    """The creation of an agent, which is saved to the library."""
    agent = uuid_of("agent", name)
    own = _result(
        "agent_saved",
        f"Agent '{name}' has been saved to your library.",
        agent_id=agent,
        agent_name=name,
        library_agent_link=f"/library/agents/{agent}",
    )
    return Call("create_agent", {"description": description, "context": ""}, own)


def edit_agent(name: str, changes: str) -> Call:
    """A change to an existing agent."""
    agent = uuid_of("agent", name)
    own = _result("agent_saved", f"Agent '{name}' has been updated.", agent_id=agent, agent_name=name)
    return Call("edit_agent", {"agent_id": agent, "changes": changes}, own)


def ask_question(message: str, *questions: str) -> Call:
    """Questions to the user, which the platform shows as a form."""
    form = [{"question": question, "keyword": f"q{number}"} for number, question in enumerate(questions, start=1)]
    own = _result("clarification_needed", message, questions=form)
    return Call("ask_question", {"questions": list(questions)}, own)


def search_docs(query: str, *hits: tuple[str, str]) -> Call:
    """A search of the documentation; each hit is (path, snippet)."""
    results = [{"title": _name(path.removesuffix(".md")), "path": path, "snippet": snippet} for path, snippet in hits]
    own = _result(
        "doc_search_results", f"Found {len(results)} pages.", query=query, results=results, count=len(results)
    )
    return Call("search_docs", {"query": query}, own)


def web_fetch(url: str, text: str) -> Call:
    """A download of a web page's text."""
    own = _result("web_fetch", "Fetched the page.", url=url, status_code=200, content_type="text/html", content=text)
    return Call("web_fetch", {"url": url, "extract_text": True}, own)


def bash_exec(command: str, stdout: str, *, stderr: str = "", exit_code: int = 0) -> Call:
    """A shell command in the sandbox."""
    own = _result(
        "bash_exec",
        "Command finished." if exit_code == 0 else f"Command failed with exit code {exit_code}.",
        stdout=stdout,
        stderr=stderr,
        exit_code=exit_code,
        timed_out=False,
    )
    return Call("bash_exec", {"command": command, "timeout": 30}, own)


def find_block(query: str, *hits: tuple[str, str]) -> Call:
    """A search of the building blocks; each hit is (name, description)."""
    blocks = [{"id": uuid_of("block", name), "name": name, "description": description} for name, description in hits]
    own = _result("block_list", f"Found {len(blocks)} blocks.", query=query, blocks=blocks, count=len(blocks))
    return Call("find_block", {"query": query}, own)


def run_block(name: str, inputs: Mapping[str, Any], **outputs: Any) -> Call:
    """An immediate run of a single block."""
    block = uuid_of("block", name)
    own = _result(
        "block_output",
        f"Block '{name}' executed successfully.",
        block_id=block,
        block_name=name,
        outputs={key: [value] for key, value in outputs.items()},
        success=True,
    )
    return Call("run_block", {"block_id": block, "input_data": dict(inputs)}, own)


def add_understanding(**fields: str) -> Call:
    """A note that the assistant saves about the user's business."""
    own = _result("understanding_updated", "Noted.", updated_fields=list(fields), current_understanding=fields)
    return Call("add_understanding", fields, own)


def failing(call: Call, error: str, details: str = "") -> Call:
    """The call with an error as its result."""
    message = f"{call.name} failed: {error}"
    return Call(call.name, call.arguments, _result("error", message, error=error, details=details or None))
