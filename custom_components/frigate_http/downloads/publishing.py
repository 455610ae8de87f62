"""Publishing the finished files of a download: all of them, or none.

Everything here blocks: call it in the executor.
"""

from ..const import LOGGER
from .job import Download
from .paths import DownloadPaths
from .plan import Plan


def publish_all(download: Download, paths: DownloadPaths) -> None:
    """Publish all output files of a download under their target paths.

    Raises:
        ServiceValidationError: a target path is occupied; everything is taken back.
        OSError: a file cannot be moved; everything is taken back.
    """
    outputs = [(each.source, each.target) for each in download.output_files]
    for _source, target in outputs:
        paths.check(target)
    plan = Plan.make(download.workspace, outputs, overwrite=download.overwrite)
    try:
        plan.publish()
        download.written += plan.written()
    except BaseException:
        try:
            plan.take_back()
        except OSError as err:
            LOGGER.warning("The next start takes back %s: %s", download.target, err)
        raise
