namespace Kling.Images;

/// <summary>
/// Tells whether a sequential JPEG has all its pixels, whatever follows them: goes over the coded blocks (ITU-T T.81, F.2) and counts them,
/// without decoding a pixel. It is asked only where the walk over the segments failed, since it takes many times as long.
/// </summary>
internal sealed class JpegPixels
{
    private const int BlockSide = 8;
    private const int BlockValues = 64;
    private const int SixteenZeros = 0xf0;
    private readonly ImageBytes _bytes;
    private readonly Codes?[] _codes = new Codes?[8];
    private readonly List<Component> _components = [];
    private (int Width, int Height) _size;
    private int _restartInterval;
    private int _bits;
    private int _bitsLeft;

    private JpegPixels(ImageBytes bytes) => _bytes = bytes;

    /// <summary>Whether every block of every component is there.</summary>
    /// <param name="bytes">The image; it is read from its beginning.</param>
    internal static bool AreComplete(ImageBytes bytes)
    {
        try
        {
            bytes.Seek(2);
            return new JpegPixels(bytes).Walk();
        }
        catch (ImageFaultException)
        {
            return false;
        }
    }

    private bool Walk()
    {
        while (true)
        {
            int marker = JpegReader.Marker(_bytes, out _);
            if (marker is JpegReader.EndOfImage)
            {
                return false;
            }

            if (JpegReader.StandsAlone(marker))
            {
                continue;
            }

            long end = _bytes.Position + _bytes.Big16();
            switch (marker)
            {
                case 0xc0 or 0xc1:
                    ReadFrame();
                    break;
                case 0xc4:
                    ReadCodes(end);
                    break;
                case 0xdd:
                    _restartInterval = _bytes.Big16();
                    break;
                case JpegReader.StartOfScan:
                    GoOverScan(end);
                    if (_components.TrueForAll(component => component.IsScanned))
                    {
                        return true;
                    }

                    continue;
                case >= 0xc2 and <= 0xcf and not 0xc8 and not 0xcc:
                    // Progressive and arithmetic pixels come in other ways.
                    return false;
            }

            _bytes.Seek(end);
        }
    }

    private void ReadFrame()
    {
        _bytes.Skip(1);
        int height = _bytes.Big16();
        _size = (_bytes.Big16(), height);
        _components.Clear();
        for (int left = _bytes.Byte(); left > 0; left--)
        {
            int id = _bytes.Byte();
            int sampling = _bytes.Byte();
            _bytes.Skip(1);
            _components.Add(new Component(id, sampling >> 4, sampling & 0xf));
        }

        Require(height > 0 && _size.Width > 0 && _components.Count > 0 && _components.TrueForAll(component => component.Across > 0 && component.Down > 0));
    }

    private void ReadCodes(long end)
    {
        while (_bytes.Position < end)
        {
            int table = _bytes.Byte();
            Require((table & 0xec) == 0);
            int[] counts = [.. Enumerable.Range(0, 16).Select(_ => _bytes.Byte())];
            int[] values = [.. Enumerable.Range(0, counts.Sum()).Select(_ => _bytes.Byte())];
            _codes[((table >> 4) * 4) + (table & 3)] = new Codes(counts, values);
        }
    }

    private void GoOverScan(long end)
    {
        List<(Component Component, Codes First, Codes Others)> scanned = [];
        for (int left = _bytes.Byte(); left > 0; left--)
        {
            int id = _bytes.Byte();
            int tables = _bytes.Byte();
            Component? component = _components.Find(one => one.Id == id);
            Codes? first = _codes[(tables >> 4) & 3];
            Codes? others = _codes[4 + (tables & 3)];
            Require(component is not null && first is not null && others is not null);
            scanned.Add((component!, first!, others!));
        }

        Require(scanned.Count > 0);
        _bytes.Seek(end);
        _bitsLeft = 0;
        long units = Units(scanned.Count == 1 ? scanned[0].Component : null);
        for (long unit = 0; unit < units; unit++)
        {
            if (_restartInterval > 0 && unit > 0 && unit % _restartInterval == 0)
            {
                GoOverRestart();
            }

            foreach ((Component component, Codes first, Codes others) in scanned)
            {
                // A scan of one component has no units of several blocks.
                for (int blocks = scanned.Count == 1 ? 1 : component.Across * component.Down; blocks > 0; blocks--)
                {
                    GoOverBlock(first, others);
                }
            }
        }

        scanned.ForEach(one => one.Component.IsScanned = true);
    }

    /// <summary>How many units a scan has: of all components together, or the blocks of the only one.</summary>
    private long Units(Component? only)
    {
        int across = _components.Max(component => component.Across);
        int down = _components.Max(component => component.Down);
        return only is null
            ? Ceiling(_size.Width, BlockSide * across) * Ceiling(_size.Height, BlockSide * down)
            : Ceiling(Ceiling((long)_size.Width * only.Across, across), BlockSide) * Ceiling(Ceiling((long)_size.Height * only.Down, down), BlockSide);
    }

    private void GoOverBlock(Codes first, Codes others)
    {
        Skip(Next(first));
        for (int at = 1; at < BlockValues; at++)
        {
            int code = Next(others);
            if ((code & 0xf) == 0 && code != SixteenZeros)
            {
                return;
            }

            at += code >> 4;
            Require(at < BlockValues);
            Skip(code & 0xf);
        }
    }

    private void GoOverRestart()
    {
        _bitsLeft = 0;
        Require(_bytes.Byte() == 0xff);
        int code = _bytes.Byte();
        while (code == 0xff)
        {
            code = _bytes.Byte();
        }

        Require(code is >= 0xd0 and <= 0xd7);
    }

    private int Next(Codes codes)
    {
        int code = 0;
        for (int length = 0; length < 16; length++)
        {
            code = (code << 1) | Bit();
            if (codes.Value(length, code) is int value)
            {
                return value;
            }
        }

        throw _bytes.Damaged("its pixels have an unknown code");
    }

    private void Skip(int bits)
    {
        for (; bits > 0; bits--)
        {
            _ = Bit();
        }
    }

    private int Bit()
    {
        if (_bitsLeft == 0)
        {
            _bits = _bytes.Byte();
            _bitsLeft = 8;

            // In the coded pixels, an FF is followed by a zero; anything else ends them.
            Require(_bits != 0xff || _bytes.Byte() == 0);
        }

        return (_bits >> --_bitsLeft) & 1;
    }

    private void Require(bool isSo)
    {
        if (!isSo)
        {
            throw _bytes.Damaged("its pixels are not complete");
        }
    }

    private static long Ceiling(long value, long by) => (value + by - 1) / by;

    private sealed class Component(int id, int across, int down)
    {
        internal int Id { get; } = id;

        internal int Across { get; } = across;

        internal int Down { get; } = down;

        internal bool IsScanned { get; set; }
    }

    /// <summary>A table of Huffman codes: the values in the order of their codes, with how many there are of each length.</summary>
    private sealed class Codes
    {
        private readonly int[] _values;
        private readonly int[] _counts;
        private readonly int[] _firstCode = new int[16];
        private readonly int[] _firstValue = new int[16];

        internal Codes(int[] counts, int[] values)
        {
            (_counts, _values) = (counts, values);
            int code = 0;
            int value = 0;
            for (int length = 0; length < counts.Length; length++)
            {
                (_firstCode[length], _firstValue[length]) = (code, value);
                code = (code + counts[length]) << 1;
                value += counts[length];
            }
        }

        internal int? Value(int length, int code) =>
            code - _firstCode[length] is int at && at >= 0 && at < _counts[length] ? _values[_firstValue[length] + at] : null;
    }
}
