import pytest

pytest.register_assert_rewrite("conformance.reading", "conformance.writing", "conformance.converging")
