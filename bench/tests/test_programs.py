"""Starting, counting and ending processes, on real ones."""
import os
import signal
import socket
import unittest
from pathlib import Path

from harness import Fault, Lab
from harness.peers import ffmpeg_frames, gstreamer_sizes
from harness.pictures import scans
from harness.ports import is_bound, sockets

PYTHON = "/usr/bin/python3"
READY = "print('ready', flush=True)"


class InLab(unittest.TestCase):
    def setUp(self):
        self.lab = Lab(Path(__file__).resolve().parent.parent.parent)
        self.addCleanup(self.lab.__exit__)

    def speaking(self, code: str):
        """Starts a Python program and waits for its first line."""
        ours, theirs = os.pipe()
        program = self.lab.start(PYTHON, "-u", "-c", code, stdout=theirs)
        os.close(theirs)
        with open(ours) as said:
            said.readline()
        return program


class Programs(InLab):
    def test_result_has_output_and_cost(self):
        result = self.lab.run(PYTHON, "-c", "import sys; print('out'); print('err', file=sys.stderr); sum(range(10**6))")
        self.assertEqual((result.out, result.err), ("out\n", "err\n"))
        self.assertGreater(result.cpu, 0)
        self.assertLess(result.cpu, result.seconds + 1)

    def test_failure_names_the_program_and_ends_with_its_stderr(self):
        with self.assertRaises(Fault) as caught:
            self.lab.run("/bin/sh", "-c", "echo much; echo 'no such clip' >&2; exit 3")
        self.assertRegex(str(caught.exception), r"(?s)/bin/sh .*: ended with 3\nno such clip$")

    def test_program_that_is_missing(self):
        with self.assertRaisesRegex(Fault, "no-such-program does not start"):
            self.lab.start("no-such-program")

    def test_program_that_takes_too_long_is_ended(self):
        program = self.speaking(f"import time; {READY}; time.sleep(600)")
        with self.assertRaisesRegex(Fault, "did not end within 0 s"):
            program.wait(timeout=0.01)
        self.assertFalse(program.running)

    def test_stop_ends_one_that_does_not_listen_to_sigterm(self):
        ignoring = f"import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); {READY}; time.sleep(600)"
        program = self.speaking(ignoring)
        program.stop(patience=0.01)
        self.assertFalse(Path(f"/proc/{program.pid}").exists())

    def test_stop_gives_what_was_said(self):
        code = "import signal, sys; signal.signal(signal.SIGINT, lambda *_: sys.exit('bye')); print('ready', flush=True); signal.pause()"
        self.assertEqual(self.speaking(code).stop(signal.SIGINT).err, "bye\n")

    def test_lab_ends_everything_and_removes_its_folder(self):
        with Lab(self.lab.root) as lab:
            program = lab.start("/bin/sleep", "600")
        self.assertFalse(program.running)
        self.assertFalse(lab.dir.exists())

    def test_memory_and_time_of_a_running_program(self):
        program = self.speaking(f"import time; {READY}; time.sleep(600)")
        self.assertGreater(program.rss(), 1 << 20)
        self.assertGreaterEqual(program.cpu(), 0)
        program.stop()
        with self.assertRaisesRegex(Fault, "ended too early"):
            program.rss()

    def test_commands_are_shown_without_this_runs_places(self):
        self.lab.start("/bin/true", self.lab.dir / "clip.mp4", env={"FRAMEWIRE_SECRET": "fw1-x"})
        self.assertEqual(self.lab.commands, ["FRAMEWIRE_SECRET=... /bin/true clip.mp4"])

    def test_long_commands_lose_their_middle(self):
        self.lab.start("/bin/true", "x" * 5000)
        self.assertRegex(self.lab.commands[0], "^/bin/true x{380,400} ... x{400}$")


class Ports(InLab):
    def test_listener_is_seen_and_not_connected_to(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            self.lab.listening(port)
            listener.setblocking(False)
            with self.assertRaises(BlockingIOError):
                listener.accept()
        self.assertFalse(is_bound(port, udp=False))

    def test_waiting_for_a_program_that_ends_instead(self):
        with self.assertRaisesRegex(Fault, "cannot bind"):
            self.lab.listening(self.lab.port(), self.lab.start("/bin/sh", "-c", "echo cannot bind >&2; exit 1"))

    def test_table_of_sockets(self):
        table = ("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n"
                 "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000010 00:00000000 00000000\n")
        (line,) = sockets(table)
        self.assertEqual((line.port, line.state, line.unread), (8080, "0A", 16))


class Counting(unittest.TestCase):
    def test_ffmpeg(self):
        self.assertEqual(ffmpeg_frames("frame=12\nfps=3\nprogress=continue\nframe=300\nprogress=end\n"), 300)
        self.assertEqual(ffmpeg_frames(""), 0)

    def test_gstreamer(self):
        said = ("/GstFakeSink:fakesink0: last-message = event ******* (fakesink0:sink) E (type: caps)\n"
                "/GstFakeSink:fakesink0: last-message = chain   ******* (fakesink0:sink) (32768 bytes, dts: none)\n")
        self.assertEqual(gstreamer_sizes(said), [32768])

    def test_scans_do_not_depend_on_headers(self):
        image = b"\xff\xd8%b\xff\xda\x00\x04ab\x01\xff\x00\x02\xff\xd9"
        first, second = scans(image % b"" + image % b"\xff\xfe\x00\x03x")
        self.assertEqual(first, second)
        self.assertNotEqual(scans(image.replace(b"\x02", b"\x03")), [first])


if __name__ == "__main__":
    unittest.main()
