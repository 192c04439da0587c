"""The play websocket: steps and resets of one session, the same services as over HTTP."""

from channels.db import database_sync_to_async

from base.websocket import JsonConsumer
from play import services
from play.schemas import PLAY_COMMAND, FrameMessage, ResetCommand, StepCommand
from play.selectors import get_session


class PlayConsumer(JsonConsumer):
    """Answers each `step` or `reset` with a `frame` or an `error`. The session outlives the connection."""

    accepts = PLAY_COMMAND

    async def opened(self) -> None:
        self.session_id = self.scope["url_route"]["kwargs"]["session_id"]
        await database_sync_to_async(get_session)(session_id=self.session_id)

    async def received(self, message: StepCommand | ResetCommand) -> None:
        match message:
            case StepCommand():
                _, frame = await database_sync_to_async(services.step_session)(
                    session_id=self.session_id, action=message.action, expect=message.expect
                )
            case ResetCommand():
                _, frame = await database_sync_to_async(services.reset_session)(
                    session_id=self.session_id, seed=message.seed
                )
        await self.send_message(FrameMessage(frame=frame))
