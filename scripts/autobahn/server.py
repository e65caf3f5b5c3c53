# Python 2.7: the suite's server on loopback; by default it binds every address. The specification is its argument, as
# JSON. It ends when its standard input does, so that it never outlives its parent process.
import json
import sys
import threading

from autobahn.twisted.websocket import listenWS
from autobahntestsuite.fuzzing import FuzzingServerFactory
from twisted.internet import reactor


def end_with_stdin():
    sys.stdin.read()
    reactor.callFromThread(reactor.stop)


listenWS(FuzzingServerFactory(json.loads(sys.argv[1])), interface='127.0.0.1')
watcher = threading.Thread(target=end_with_stdin)
watcher.daemon = True
reactor.callWhenRunning(watcher.start)
reactor.run()
