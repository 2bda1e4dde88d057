"""Values of all schedules."""

from steepest.keras.optimizers import schedules

from steepest import keras

for schedule in (
    schedules.ExponentialDecay(0.1, 10, 0.96),
    schedules.ExponentialDecay(0.1, 10, 0.5, staircase=True),
    schedules.InverseTimeDecay(0.1, 10, 0.5),
    schedules.PolynomialDecay(0.1, 20, 0.01, power=0.5),
    schedules.PolynomialDecay(0.1, 20, 0.01, cycle=True),
    schedules.PiecewiseConstantDecay([5, 15], [1.0, 0.5, 0.25]),
    schedules.CosineDecay(0.1, 20, alpha=0.1),
    schedules.CosineDecay(0.0, 20, warmup_target=0.1, warmup_steps=5),
    schedules.CosineDecayRestarts(0.1, 10, t_mul=2.0, m_mul=0.9),
):
    print(type(schedule).__name__, [float(schedule(step)) for step in (0, 5, 10, 25, 40)])


class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, steps):
        self.peak, self.steps = peak, steps

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        return self.peak * keras.ops.minimum(1.0, (step + 1) / self.steps)

    def get_config(self):
        return {"peak": self.peak, "steps": self.steps}


print(
    [float(Warmup(0.4, 4)(step)) for step in range(6)],
    float(keras.optimizers.SGD(Warmup(0.4, 4)).learning_rate),
)
