"""Dtypes and casts."""

import steepest as st

the_f64_tensor = st.constant([2.2, 3.3, 4.4], dtype=st.float64)
the_f16_tensor = st.cast(the_f64_tensor, dtype=st.float16)
the_u8_tensor = st.cast(the_f16_tensor, dtype=st.uint8)
print(the_u8_tensor.numpy(), the_f64_tensor.dtype == st.float64, the_f16_tensor.dtype.name)
print(st.constant(1).dtype.name, st.constant(1.0).dtype.name, st.constant(True).dtype.name)
print(st.cast([True, False], st.float32).numpy(), st.cast([1.9, -1.9], "int32").numpy())
try:
    st.constant(1) + st.constant(1.0)
except Exception:
    print("dtypes differ")
print(st.cast(3.7, "int64").numpy(), st.constant([1, 2], dtype="float32").numpy())
