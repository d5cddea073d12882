"""What an installation stands on outside itself, looked at by `jifen doctor`: a replica, a broker of its own."""

from collections.abc import Iterator

from kombu import Connection
from sqlalchemy.exc import SQLAlchemyError

from services.cli.examination import Finding, Grade, well, wrong
from shared.config import Settings
from shared.db.replicas import BEHIND_S, behind, copy_at

ANSWERS_WITHIN_S = 5


def outside(given: Settings) -> Iterator[Finding]:
    """Look at whatever of it the settings name."""
    if given.replica_url:
        yield replica(given.replica_url)
    if given.broker_url and given.broker_url != given.redis_url:
        yield broker(given.broker_url)


def replica(url: str) -> Finding:
    """The copy that pages are read from: it answers, it is a copy, and it keeps up."""
    try:
        late = behind(copy_at(url, 1))
    except SQLAlchemyError as fault:
        said = str(getattr(fault, "orig", None) or fault).strip().splitlines()[0]
        return wrong("只读副本", f"不能用：{said}。页面现在都读主库；请检查 DATABASE_REPLICA_URL 和那台机器。")
    if late is None:
        return wrong("只读副本", "DATABASE_REPLICA_URL 指的是另一个主库，不是副本：请改成流复制的那一台。")
    if late > BEHIND_S:
        return Finding("只读副本", Grade.NOTE, f"落后 {late:.0f} 秒，页面现在读主库：请看那台机器的磁盘和网络。")
    return well("只读副本", "跟得上主库。")


def broker(url: str) -> Finding:
    """The queue, where it is not the Redis that is looked at anyway; its password is not repeated."""
    connection = Connection(url, connect_timeout=ANSWERS_WITHIN_S)
    try:
        connection.ensure_connection(max_retries=1, timeout=ANSWERS_WITHIN_S)
    except Exception as fault:  # noqa: BLE001 - each transport has errors of its own
        return wrong(
            "任务队列", f"不能用：{fault}。请检查它是否在运行、BROKER_URL 对不对；积分不会丢失，通知会晚到。"
        )
    else:
        return well("任务队列", f"在运行（{connection.transport.driver_type}）。")
    finally:
        connection.release()
