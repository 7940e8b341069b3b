"""A scale that speaks MT-SICS: answers SI, keeps silent, or is away (MT-SICS reference manual, S and SI)."""

import threading
import time

from rig.cable import Cable


class Scale:
    """.answer is what it says to SI; None: it is silent."""

    def __init__(self, answer=None):
        self.answer = answer
        self.asked = 0
        self.cable = Cable()
        self.address = self.cable.address
        self._lock = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stopped:
            if self.cable.master is None:
                time.sleep(0.002)
                continue
            with self._lock:
                if self.cable.master is None:
                    continue
                try:
                    questions = self.cable.receive(0.002).count(b"SI\r\n")
                    self.asked += questions
                    for _ in range(questions if self.answer is not None else 0):
                        self.cable.send(self.answer)
                except OSError:  # nobody listens
                    pass

    def pull(self):
        with self._lock:
            self.cable.pull()

    def plug(self):
        with self._lock:
            self.cable.plug()

    def close(self):
        self._stopped = True
        self._thread.join()
        self.cable.close()
