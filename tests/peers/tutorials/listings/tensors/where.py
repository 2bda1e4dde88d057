"""Choices by condition."""

import steepest as st

x = st.constant([1.0, -2.0, 3.0, -4.0])
print(st.where(x > 0, x, 0.1 * x).numpy(), st.where(x > 0).numpy().ravel())
print(st.boolean_mask(x, x > 0).numpy(), x[x < 0].numpy())
print(st.maximum(x, 0.0).numpy(), st.clip_by_value(x, -2.0, 2.0).numpy(), st.sign(x).numpy())
print(st.equal(x, 3.0).numpy(), st.logical_and(x > 0, x < 2).numpy(), (x != 1.0).numpy())
print(st.cond(st.reduce_sum(x) > 0, lambda: st.constant(1.0), lambda: st.constant(-1.0)).numpy())
print(st.math.is_nan(st.constant([1.0, float("nan")])).numpy())
