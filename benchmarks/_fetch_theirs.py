"""The peer of `benchmarks.fetch`, run by the interpreter that has img2dataset 1.47."""

import json
import sys

from img2dataset import download  # type: ignore[import-not-found]  # elsewhere, see above

if __name__ == "__main__":
    download(**json.loads(sys.argv[1]))
