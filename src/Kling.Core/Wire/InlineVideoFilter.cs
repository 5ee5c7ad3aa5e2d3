using System.Buffers;
using System.Text;

namespace Kling.Wire;

/// <summary>
/// Takes the videos out of a reply while it comes in: the texts of <c>videoBase64Data</c> and <c>videoDataURI</c> (model page, response), so that
/// none is ever held as text. Where a text stood, the reply says <c>inline:</c> and the video's number, from 0.
/// </summary>
/// <remarks>It knows of JSON only what is a text, and which text is a name. What is no JSON passes as it is.</remarks>
/// <param name="decodes">Whether the videos' bytes are wanted.</param>
internal sealed class InlineVideoFilter(bool decodes)
{
    private const string Mark = "inline:";
    private const string Scheme = "data:";

    // Longer than each of the two names. A longer text is none of them.
    private const int LongestName = 20;

    // Enough for a look at a few tasks.
    private const int UsualBytes = 1024;

    private static readonly string[] s_names = ["videoBase64Data", "videoDataURI"];

    private readonly ArrayBufferWriter<byte> _reply = new(UsualBytes);
    private readonly ArrayBufferWriter<byte> _decoded = new();
    private readonly List<(int Number, byte[] Bytes)> _pieces = [];
    private readonly StringBuilder _text = new();
    private bool _hasVideos;
    private Place _place;
    private bool _isEscaped;
    private int _hexDigits;
    private int _hex;
    private int _number = -1;
    private DataPart _part;
    private int _bits;
    private int _bitCount;

    private enum Place
    {
        Outside,
        Text,
        AfterText,
        AfterName,
        Data,
    }

    private enum DataPart
    {
        Start,
        Scheme,
        Base64,
        End,
    }

    /// <summary>How many bytes the reply has so far, without its videos.</summary>
    internal long Length => _reply.WrittenCount;

    /// <summary>The bytes of videos that the last <see cref="Add"/> brought.</summary>
    internal IReadOnlyList<(int Number, byte[] Bytes)> Pieces => _pieces;

    /// <summary>The number of the video that stood here; null for any other text.</summary>
    internal static int? NumberOf(string? text) =>
        text is not null && text.StartsWith(Mark, StringComparison.Ordinal) && int.TryParse(text.AsSpan(Mark.Length), out int number) ? number : null;

    /// <summary>The reply without its videos.</summary>
    internal byte[] ToReply() => _reply.WrittenSpan.ToArray();

    /// <summary>Takes the next bytes of the reply.</summary>
    internal void Add(ReadOnlySpan<byte> chunk)
    {
        _pieces.Clear();
        if (_hasVideos)
        {
            Filter(chunk);
            return;
        }

        // Nearly all replies have no video in them, so they are only searched for its names.
        int searched = Math.Max(0, _reply.WrittenCount - LongestName);
        _reply.Write(chunk);
        ReadOnlySpan<byte> unsearched = _reply.WrittenSpan[searched..];
        if (unsearched.IndexOf("videoBase64Data"u8) >= 0 || unsearched.IndexOf("videoDataURI"u8) >= 0)
        {
            _hasVideos = true;
            byte[] begun = ToReply();
            _reply.Clear();
            Filter(begun);
        }
    }

    private void Filter(ReadOnlySpan<byte> chunk)
    {
        int copied = 0;
        for (int i = 0; i < chunk.Length; i++)
        {
            Place before = _place;
            Step(chunk[i]);
            if (_place == Place.Data && before != Place.Data)
            {
                _reply.Write(chunk[copied..(i + 1)]);
                _reply.Write(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{Mark}{_number}")));
            }
            else if (before == Place.Data && _place != Place.Data)
            {
                EndPiece();
                copied = i;
            }
        }

        if (_place == Place.Data)
        {
            EndPiece();
        }
        else
        {
            _reply.Write(chunk[copied..]);
        }
    }

    private void Step(byte next)
    {
        bool isSpace = next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
        switch (_place)
        {
            case Place.Text:
                StepInText(next);
                break;
            case Place.Data:
                StepInData(next);
                break;
            case Place.AfterText or Place.AfterName when isSpace:
                break;
            case Place.AfterText when next == ':' && s_names.Contains(_text.ToString()):
                _place = Place.AfterName;
                break;
            case Place.AfterName when next == '"':
                BeginData();
                break;
            default:
                _text.Clear();
                _place = next == '"' ? Place.Text : Place.Outside;
                break;
        }
    }

    private void StepInText(byte next)
    {
        if (next == '"' && !_isEscaped)
        {
            _place = Place.AfterText;
            return;
        }

        _isEscaped = next == '\\' && !_isEscaped;
        if (_text.Length < LongestName)
        {
            _text.Append((char)next);
        }
    }

    private void BeginData()
    {
        _place = Place.Data;
        _number++;
        _text.Clear();
        _part = DataPart.Start;
        (_bits, _bitCount, _hexDigits) = (0, 0, 0);
    }

    private void StepInData(byte next)
    {
        if (_hexDigits > 0)
        {
            _hex = (_hex << 4) | (char.IsAsciiHexDigit((char)next) ? Convert.ToInt32(((char)next).ToString(), 16) : 0);
            if (--_hexDigits == 0)
            {
                Take((char)_hex);
            }
        }
        else if (_isEscaped)
        {
            _isEscaped = false;
            if (next == 'u')
            {
                (_hexDigits, _hex) = (4, 0);
            }
            else
            {
                // A slash keeps its meaning; a line end is white space like the letter's absence.
                Take(next is (byte)'n' or (byte)'r' or (byte)'t' ? ' ' : (char)next);
            }
        }
        else if (next == '"')
        {
            _place = Place.Outside;
        }
        else if (next == '\\')
        {
            _isEscaped = true;
        }
        else
        {
            Take((char)next);
        }
    }

    private void Take(char next)
    {
        if (!decodes || char.IsWhiteSpace(next))
        {
            return;
        }

        switch (_part)
        {
            case DataPart.Start when char.ToLowerInvariant(next) == Scheme[_text.Length]:
                _text.Append(next);
                _part = _text.Length == Scheme.Length ? DataPart.Scheme : DataPart.Start;
                break;
            case DataPart.Start:
                _part = DataPart.Base64;
                foreach (char held in _text.ToString())
                {
                    Decode(held);
                }

                Decode(next);
                break;
            case DataPart.Scheme when next == ',':
                _part = DataPart.Base64;
                break;
            case DataPart.Base64:
                Decode(next);
                break;
        }
    }

    private void Decode(char next)
    {
        int value = next switch
        {
            >= 'A' and <= 'Z' => next - 'A',
            >= 'a' and <= 'z' => next - 'a' + 26,
            >= '0' and <= '9' => next - '0' + 52,
            '+' or '-' => 62,
            '/' or '_' => 63,
            _ => -1,
        };
        if (value < 0)
        {
            // Padding, or no base64: what follows is not the video's. Its container tells whether it is whole.
            _part = DataPart.End;
            return;
        }

        _bits = ((_bits << 6) | value) & 0xFFFF;
        _bitCount += 6;
        if (_bitCount >= 8)
        {
            _bitCount -= 8;
            _decoded.GetSpan(1)[0] = (byte)(_bits >> _bitCount);
            _decoded.Advance(1);
        }
    }

    private void EndPiece()
    {
        if (_decoded.WrittenCount > 0)
        {
            _pieces.Add((_number, _decoded.WrittenSpan.ToArray()));
            _decoded.Clear();
        }
    }
}
