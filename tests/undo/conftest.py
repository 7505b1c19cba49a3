"""The same number of examples on every machine."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "undo",
    max_examples=16,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking takes minutes; the message says enough
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
