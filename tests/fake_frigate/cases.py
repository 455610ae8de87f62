"""The cases of 0.18: folders for exports."""

from collections.abc import Callable

from .accounts import admins_only
from .answers import Answer, Json, failure, json_answer
from .call import Call, read_object
from .export_requests import read_name
from .exporter import Case, random_name
from .route import route


def _shown(case: Case) -> dict[str, Json]:
    return dict(vars(case))


def _known(call: Call, case_id: str, answer: Callable[[Case], Answer]) -> Answer:
    case = call.state.cases.get(case_id)
    return failure("Export case not found", 404) if case is None else answer(case)


def list_route(call: Call) -> Answer:
    """List the cases, newest first."""
    return json_answer([_shown(each) for each in reversed(call.state.cases.values())])


def one_route(call: Call, case_id: str) -> Answer:
    """Return one case."""
    return _known(call, case_id, lambda case: json_answer(_shown(case)))


def create_route(call: Call) -> Answer:
    """Create a case."""
    if (refusal := admins_only(call)) is not None:
        return refusal
    name = read_name(call, None)
    if isinstance(name, Answer):
        return name
    body = read_object(call)
    description = body.get("description") if isinstance(body, dict) else None
    now = call.state.clock()
    case = Case(random_name(12), name, description, now, now)
    call.state.cases[case.id] = case
    return json_answer(_shown(case))


def change_route(call: Call, case_id: str) -> Answer:
    """Change the name or the description of a case."""
    if (refusal := admins_only(call)) is not None:
        return refusal
    body = read_object(call)
    if isinstance(body, Answer):
        return body

    def change(case: Case) -> Answer:
        case.name = body.get("name", case.name)
        case.description = body.get("description", case.description)
        case.updated_at = call.state.clock()
        text = "Successfully updated export case."
        return json_answer({"success": True, "message": text})

    return _known(call, case_id, change)


def delete_route(call: Call, case_id: str) -> Answer:
    """Delete a case; its exports stay unless they are to go with it."""
    if (refusal := admins_only(call)) is not None:
        return refusal

    def delete(case: Case) -> Answer:
        exporter = call.state.exporter
        for each in [each for each in exporter.exports if each.case == case.id]:
            each.case = None
            if call.query.get("delete_exports") == "true":
                exporter.delete(each)
        del call.state.cases[case.id]
        text = "Successfully deleted export case."
        return json_answer({"success": True, "message": text})

    return _known(call, case_id, delete)


ROUTES = (
    route("GET", "/cases", list_route, since="0.18"),
    route("POST", "/cases", create_route, since="0.18"),
    route("GET", "/cases/([^/]+)", one_route, since="0.18"),
    route("PATCH", "/cases/([^/]+)", change_route, since="0.18"),
    route("DELETE", "/cases/([^/]+)", delete_route, since="0.18"),
)
