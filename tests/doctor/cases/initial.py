"""Cases of the rules on initial weights."""

import steepest as st
from tests.doctor.cases.case import CASES, Cases
from tests.doctor.cases.networks import (
    BatchNormalization,
    Dense,
    classes,
    plain,
    quantities,
    two_classes,
)

ZEROS, SMALL = "zeros", st.initializers.Constant(0.01)


def normal(stddev):
    return st.initializers.RandomNormal(stddev=stddev)


def deep(initializer, depth=2, hidden="relu", last=None, **options):
    layers = [Dense(32, hidden, kernel_initializer=initializer) for _ in range(depth)]
    return classes(*layers, Dense(3, "softmax", kernel_initializer=last or initializer), **options)


CASES["S9"] = Cases(
    positive={
        "zeros": lambda: deep(ZEROS),
        "a small constant": lambda: deep(SMALL),
        "ones in the first layer": lambda: quantities(
            Dense(8, "tanh", kernel_initializer="ones"), Dense(1)
        ),
        "a constant in the only unit of the last layer too": lambda: quantities(
            Dense(8, "tanh", kernel_initializer=SMALL), Dense(1, kernel_initializer=SMALL)
        ),
    },
    negative={
        "usual": lambda: deep("glorot_uniform"),
        "logistic regression from zeros": lambda: two_classes(
            Dense(1, "sigmoid", kernel_initializer=ZEROS)
        ),
        "zeros in the last layer": lambda: deep("he_normal", last=ZEROS),
    },
    unchanged={
        "another constant": (lambda: deep(SMALL), lambda: deep(st.initializers.Constant(0.5))),
        "another seed": (lambda: deep(ZEROS), lambda: deep(ZEROS, seed=1)),
    },
)

CASES["S10"] = Cases(
    positive={
        "deviation 1 and many inputs": lambda: deep(normal(1.0), depth=3),
        "linear layers of deviation 3": lambda: deep(normal(3.0), hidden=None, depth=1),
        "saturated": lambda: deep(normal(3.0), hidden="tanh", last="glorot_uniform"),
        "far too small": lambda: deep(normal(0.001), depth=2),
    },
    negative={
        "he": lambda: deep("he_normal", depth=4),
        "glorot": lambda: deep("glorot_uniform", depth=3, hidden="tanh"),
        "lecun": lambda: deep("lecun_normal", hidden="selu"),
        "one input": lambda: quantities(
            Dense(16, "relu", kernel_initializer="he_normal"), Dense(1)
        ),
        "small, but normalized": lambda: classes(
            Dense(32, kernel_initializer=normal(0.001)), BatchNormalization(), *plain()
        ),
    },
    unchanged={
        "another seed": (lambda: deep(normal(1.0), 3), lambda: deep(normal(1.0), 3, seed=5)),
    },
)


def centred(scale):
    """Three sigmoid layers around their steepest slope: each multiplies by about scale / 4."""
    options = {
        "kernel_initializer": st.initializers.Identity(scale),
        "bias_initializer": st.initializers.Constant(-scale / 2),
    }
    return classes(*[Dense(4, "sigmoid", **options) for _ in range(3)], Dense(3, "softmax"))


CASES["S30"] = Cases(
    positive={
        "five sigmoid layers": lambda: deep("glorot_uniform", 5, "sigmoid"),
        "six of them": lambda: deep("glorot_uniform", 6, "sigmoid"),
        "for quantities": lambda: quantities(*plain(1, None, depth=5, hidden="sigmoid")),
        "three of them behind three relu layers": lambda: classes(
            *plain(depth=3)[:-1], *plain(depth=3, hidden="sigmoid")
        ),
    },
    negative={
        "two sigmoid layers": lambda: deep("glorot_uniform", 2, "sigmoid"),
        "five relu layers": lambda: deep("he_normal", 5),
        "five tanh layers": lambda: deep("glorot_uniform", 5, "tanh"),
        "normalized": lambda: classes(
            *[layer for _ in range(5) for layer in (Dense(16, "sigmoid"), BatchNormalization())],
            Dense(3, "softmax"),
        ),
    },
    unchanged={
        "another seed": (
            lambda: deep("glorot_uniform", 5, "sigmoid"),
            lambda: deep("glorot_uniform", 5, "sigmoid", seed=2),
        ),
    },
    edges={"1/32 of the spread": (lambda: centred(1.405), lambda: centred(1.412))},
)


def pretrained(**options):
    """A frozen layer with the weights of a training."""
    facts = classes(*plain(width=300), epochs=3)
    model, _ = facts.setup.trained(seed=0)
    first = model.layers[0]
    first.trainable = False
    return classes(first, Dense(3, "softmax"), **options)


CASES["S19"] = Cases(
    positive={
        "a wide first layer": lambda: classes(
            Dense(300, "relu", trainable=False), Dense(3, "softmax")
        ),
        "the last layer": lambda: classes(Dense(8, "relu"), Dense(3, "softmax", trainable=False)),
        "four layers": lambda: classes(
            *[Dense(8, "relu", trainable=False) for _ in range(4)], Dense(3, "softmax")
        ),
        "a normalization": lambda: classes(Dense(8), BatchNormalization(trainable=False), *plain()),
    },
    negative={
        "trainable": lambda: classes(*plain()),
        "weights of a training": pretrained,
        "frozen scaling": lambda: classes(st.layers.Rescaling(0.5, trainable=False), *plain()),
    },
    unchanged={
        "another seed": (
            lambda: classes(Dense(8, "relu", trainable=False), Dense(3, "softmax")),
            lambda: classes(Dense(8, "relu", trainable=False), Dense(3, "softmax"), seed=1),
        ),
    },
)
