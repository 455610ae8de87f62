"""The states of the library of faces in which recordings were made."""

from tests.fake_frigate import FakeFrigate

_EILEEN = ["Eileen_1795451650.412624.webp", "Eileen_1795451650.097782.webp"]
_ANA = ["Ana_Maria-1795451764.161083.webp", "Ana_Maria-1795454100.156409.webp"]
_WAITING = [
    "1795451690.505339-k5o8yi-1795451693.146546-Eileen-1.0.webp",
    "1795451690.505339-k5o8yi-1795451694.143306-Eileen-1.0.webp",
    "1795451750.538681-ksl9rv-1795451756.762991-Eileen-1.0.webp",
    "1795451750.538681-ksl9rv-1795451757.76617-Eileen-1.0.webp",
    "oddname.webp",
]

_RECORDED_ON_016 = "1795707867.71092-58h1cd-1795707873.772527-Eileen-1.0.webp"


def prepare_faces(server: FakeFrigate, state: str) -> None:
    """Bring the library into a state of the manifest."""
    if state == "a picture recorded on 0.16":
        server.state.train.append(_RECORDED_ON_016)
    if state not in ("a library to change", "a library with Ana", "model not built"):
        return
    server.state.train = list(_WAITING)
    server.state.faces = {"Eileen": list(_EILEEN), "Ana_Maria": [], "José": []}
    if state == "a library with Ana":
        server.state.faces["Ana"] = list(_ANA)
        del server.state.faces["Ana_Maria"]
    server.state.recognition.unbuilt = int(state == "model not built")
