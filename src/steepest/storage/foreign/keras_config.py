"""The configuration of a Keras model in the form that our own configurations have.

Each layer must be known, and each argument that says something must have a counterpart. Lambda
layers contain code, which is never read; operations between layers are no layers: both are refused
with what to do. Depends on the registry.
"""

from __future__ import annotations

from typing import Any

from steepest.constructors import constructor_parameters
from steepest.errors import ArgumentError, DataError
from steepest.layers.layer import LAYERS
from steepest.registry import find_class
from steepest.user_objects import registered_object

# Arguments of Keras without a counterpart, which change nothing unless they have other values.
IDLE: dict[str, tuple[Any, ...]] = {
    "autocast": (True, None),
    "batch_input_shape": (None,),
    "data_format": (None, "channels_last"),
    "input_axes": (None,),
    "lora_alpha": (None,),
    "lora_rank": (None,),
    "optional": (False,),
    "output_axes": (None,),
    "quantization_config": (None,),
    "ragged": (False,),
    "renorm": (False,),
    "renorm_clipping": (None,),
    "renorm_momentum": (0.99,),
    "rms_scaling": (False,),
    "shared_axes": (None,),
    "sparse": (False,),
    "synchronized": (False,),
    "weights": (None,),
}


def translated(config: Any) -> dict[str, Any]:
    """Our configuration of a layer or model from Keras's.

    >>> translated({"module": "keras.layers", "class_name": "Dense", "config": {
    ...     "name": "out", "units": 2, "quantization_config": None}})
    {'class_name': 'Dense', 'config': {'name': 'out', 'units': 2}}
    """
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        raise DataError(f"a layer's configuration was expected, got {str(config)[:80]}")
    name, inner = config.get("class_name"), config["config"]
    module = str(config.get("module") or "")
    own = config.get("registered_name") or name
    if isinstance(own, str) and registered_object(str(own).rpartition(">")[2]) is not None:
        return {"class_name": str(own).rpartition(">")[2], "config": inner}
    if name == "Lambda":
        raise ArgumentError(
            f"the layer {inner.get('name')!r} is a Lambda, whose function is code, which is never "
            "read from a file: make the model here and call load_weights with the same file"
        )
    if ".ops." in module:
        raise ArgumentError(
            f"the model has the operation {name} between its layers, which is no layer: make the "
            "model here and call load_weights with the same file"
        )
    if name == "Sequential":
        return {"class_name": "Sequential", "config": _sequential(inner)}
    if name == "Functional" or (name == "Model" and "input_layers" in inner):
        return {"class_name": "Model", "config": _functional(inner)}
    return {"class_name": name, "config": _arguments(LAYERS.find(str(name)), inner)}


def _arguments(kind: type, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a class; raises for one without a counterpart that says something."""
    known, found = constructor_parameters(kind), {}
    for key, value in given.items():
        value = _value(value)
        if key == "batch_shape" and "shape" in known:
            found["shape"] = list(value)[1:]
        elif key in ("axis",) and isinstance(value, list) and len(value) == 1:
            found[key] = value[0]
        elif key in known:
            found[key] = value
        elif value not in IDLE.get(key, (None,)):
            raise ArgumentError(
                f"{kind.__name__}: the argument {key}={value!r} of Keras has no counterpart here; "
                "make the model here and call load_weights with the same file"
            )
    return found


def _value(value: Any) -> Any:
    """A value of a configuration; an object's in our form, a dtype policy as its dtype."""
    if isinstance(value, list):
        return [_value(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {key: _value(part) for key, part in value.items()}
    inner = value.get("config")
    if value["class_name"] == "DTypePolicy" and isinstance(inner, dict):
        return inner.get("name")
    if value["class_name"] == "function" and isinstance(inner, str):
        return inner
    if not isinstance(inner, dict):
        raise ArgumentError(f"the value {value['class_name']} of a Keras model has no counterpart")
    kind = find_class(str(value["class_name"]))
    return {"class_name": value["class_name"], "config": _arguments(kind, inner)}


def _sequential(config: dict[str, Any]) -> dict[str, Any]:
    layers = list(config["layers"])
    shape = config.get("build_input_shape")
    if layers and layers[0].get("class_name") == "InputLayer":
        shape = layers.pop(0)["config"].get("batch_shape", shape)
    return {
        "name": config["name"],
        "trainable": config.get("trainable", True),
        "input_shape": None if shape is None else [None, *shape[1:]],
        "layers": [translated(layer) for layer in layers],
    }


# ---------------------------------------------------------------- functional models


def _functional(config: dict[str, Any]) -> dict[str, Any]:
    """Layers and their calls, in an order in which each call has its inputs."""
    inputs: dict[str, dict[str, Any]] = {}
    layers, waiting = [], []
    for entry in config["layers"]:
        if entry["class_name"] == "InputLayer":
            given = _value(entry["config"])
            inputs[entry["name"]] = {
                "kind": "input", "shape": given["batch_shape"], "dtype": given["dtype"],
                "name": entry["name"],
            }  # fmt: skip
            continue
        layers.append(translated(entry))
        nodes = enumerate(entry["inbound_nodes"])
        waiting += [(entry["name"], place, len(layers) - 1, node) for place, node in nodes]
    names = _leaves(config["input_layers"])
    done: dict[tuple[str, int], int] = {(name, 0): -1 - place for place, name in enumerate(names)}
    calls: list[dict[str, Any]] = []
    while waiting:
        ready = [each for each in waiting if _inputs_of(each[3]) <= set(done)]
        if not ready:
            raise DataError("the calls of a functional model depend on each other in a circle")
        for name, place, layer, node in ready:
            calls.append({"of": layer, **_call(node, done)})
            done[name, place] = len(calls) - 1
        waiting = [each for each in waiting if each not in ready]
    return {
        "name": config["name"],
        "trainable": config.get("trainable", True),
        "inputs": _nest(config["input_layers"], lambda history: inputs[history[0]]),
        "layers": layers,
        "calls": calls,
        "outputs": _nest(config["output_layers"], lambda history: _result(history, done)),
    }


def _is_history(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)


def _leaves(nest: Any) -> list[str]:
    """The names of layers in a nest of [layer, call, place]."""
    if _is_history(nest):
        return [nest[0]]
    parts = [nest[key] for key in sorted(nest)] if isinstance(nest, dict) else nest
    return [name for part in parts for name in _leaves(part)]


def _nest(nest: Any, written: Any) -> Any:
    if _is_history(nest):
        return written(nest)
    if isinstance(nest, dict):
        return {"kind": "dict", "of": {key: _nest(part, written) for key, part in nest.items()}}
    return {"kind": "list", "of": [_nest(part, written) for part in nest]}


def _result(history: Any, done: dict[tuple[str, int], int]) -> dict[str, Any]:
    name, call, place = history
    number = done[name, call]
    if number < 0:
        return {"kind": "result", "call": -1, "place": -1 - number}
    return {"kind": "result", "call": number, "place": place}


def _inputs_of(value: Any) -> set[tuple[str, int]]:
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        return {tuple(value["config"]["keras_history"][:2])}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {each for part in parts for each in _inputs_of(part)}


def _call(node: dict[str, Any], done: dict[tuple[str, int], int]) -> dict[str, Any]:
    def written(value: Any) -> Any:
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            return _result(value["config"]["keras_history"], done)
        if isinstance(value, list):
            return {"kind": "list", "of": [written(part) for part in value]}
        if isinstance(value, dict):
            return {"kind": "dict", "of": {key: written(part) for key, part in value.items()}}
        return value

    options = {key: written(part) for key, part in node["kwargs"].items() if part is not None}
    return {
        "arguments": {"kind": "tuple", "of": [written(part) for part in node["args"]]},
        "options": {"kind": "dict", "of": options},
    }
