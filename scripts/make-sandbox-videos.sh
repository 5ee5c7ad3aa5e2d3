#!/bin/sh
# Makes the videos the sandbox serves: 3 sizes x 2 durations x 3 containers, 24 frames a second as the model page says.
# They are committed, so this runs only when they are to change. Needs ffmpeg with libx264 and libvpx-vp9.
# One thread and the bitexact flags, so that the same ffmpeg makes the same bytes.
set -eu

out="$(cd "$(dirname "$0")/.." && pwd)/src/Kling.Sandbox/Videos"
mkdir -p "$out"

for size in 1280x720 720x720 720x1280; do
    for seconds in 5 10; do
        # A slow gradient: it visibly moves, and costs next to nothing to encode.
        source="gradients=s=${size}:r=24:d=${seconds}:c0=0x1b2a49:c1=0xf2a65a:n=2:x0=0:y0=0:x1=720:y1=720:speed=0.01:seed=7,format=yuv420p"
        common="-hide_banner -loglevel error -y -threads 1 -f lavfi -i ${source} -map_metadata -1 -fflags +bitexact -flags:v +bitexact -threads 1"
        h264="-c:v libx264 -preset slow -profile:v main -crf 46 -g 240 -bf 2"
        # shellcheck disable=SC2086 # the options are words on purpose
        ffmpeg $common $h264 -movflags +faststart "$out/${size}-${seconds}s.mp4"
        # shellcheck disable=SC2086
        ffmpeg $common $h264 -movflags +faststart -f mov "$out/${size}-${seconds}s.mov"
        # shellcheck disable=SC2086
        ffmpeg $common -c:v libvpx-vp9 -b:v 0 -crf 56 -g 240 -deadline good -cpu-used 4 -row-mt 0 "$out/${size}-${seconds}s.webm"
    done
done

ls -l "$out"
