import pytest
from evaluation.made_up import Study


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The made-up study after all its verbs."""
    study = Study(tmp_path_factory.mktemp("study"))
    study.run()
    return study
