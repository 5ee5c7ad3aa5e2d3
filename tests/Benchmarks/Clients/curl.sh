#!/usr/bin/env bash
# What a shell script does with curl: a few processes for each image, one look a second, and no record.
set -euo pipefail

one() {
    local image=${1%%,*} prompt=${1#*,} id reply folder
    id=$(cat /proc/sys/kernel/random/uuid)
    folder=$(mktemp -d)
    {
        printf '[{"taskType":"videoInference","taskUUID":"%s","model":"klingai:5@1","positivePrompt":"%s","includeCost":true,"inputs":{"frameImages":[{"image":"data:image/png;base64,' "$id" "$prompt"
        base64 --wrap=0 "$image"
        printf '","frame":"first"}]}}]'
    } > "$folder/body.json"
    post() { curl --silent --show-error --fail --header "Authorization: Bearer $JOB_KEY" --header 'Content-Type: application/json' --data-binary "$1" "$JOB_ENDPOINT"; }
    post "@$folder/body.json" > /dev/null
    rm -r "$folder"
    while
        sleep 1
        reply=$(post '[{"taskType":"getResponse","taskUUID":"'"$id"'"}]')
        [[ $reply == *'"status":"processing"'* ]]
    do :; done
    [[ $reply == *'"videoURL"'* ]]
}

export -f one
tail --lines=+2 "$JOB_ROWS" | xargs --delimiter='\n' --max-procs="$JOB_THROTTLE" --replace={} bash -c 'one "$1"' one {}
