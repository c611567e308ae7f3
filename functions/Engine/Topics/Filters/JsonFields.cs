using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>
/// Reads of JSON what filters ask for, in one pass and in time of its length. Of a property that an object has twice, the last counts.
/// </summary>
internal static class JsonFields
{
    /// <summary>What a string reads as that escapes half of a surrogate pair; no filter can hold it.</summary>
    private const string NoText = "\uD800";

    /// <summary>JSON may be as deep as it is long; only policies have a limit.</summary>
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>The fields of an object; null where the text is no object in JSON.</summary>
    public static FieldSet? ReadObject(ReadOnlySpan<byte> json, FieldNode node)
    {
        // Most texts that are none show it at once; an exception costs more than a match.
        if (json.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..] || !Utf8.IsValid(json))
            return null;
        try
        {
            var reader = new Utf8JsonReader(json, AnyDepth);
            reader.Read();
            var fields = Object(ref reader, node);
            reader.Read();
            return fields;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The values of a text that is an array in JSON, objects left out; null where it is none.</summary>
    public static FieldValue? ReadArray(string text)
    {
        var trimmed = text.AsSpan().Trim(" \t\r\n");
        if (trimmed is not ['[', .., ']'])
            return null;
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(trimmed.Length));
        try
        {
            var reader = new Utf8JsonReader(rented.AsSpan(0, Encoding.UTF8.GetBytes(trimmed, rented)), AnyDepth);
            reader.Read();
            var values = Value(ref reader, null);
            reader.Read();
            return values;
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static FieldSet Object(ref Utf8JsonReader reader, FieldNode node)
    {
        var fields = new FieldSet(node.Count);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var slot = Slot(ref reader, node);
            reader.Read();
            if (slot < 0)
                reader.Skip();
            else
                fields.Set(slot, Value(ref reader, node[slot]));
        }

        return fields;
    }

    /// <summary>
    /// A value, or the elements of an array. The depth of objects is that of the node, so it recurs as often as policies nest.
    /// </summary>
    private static FieldValue Value(ref Utf8JsonReader reader, FieldNode? node)
    {
        var value = new FieldValue();
        var arrays = 0;
        while (true)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    arrays++;
                    break;
                case JsonTokenType.EndArray:
                    arrays--;
                    break;
                case JsonTokenType.StartObject when node is { Count: > 0 }:
                    value.Add(Object(ref reader, node));
                    break;
                case JsonTokenType.StartObject:
                    reader.Skip();
                    break;
                case JsonTokenType.String:
                    value.Add(Leaf.OfString(HasText(ref reader) ? reader.GetString()! : NoText));
                    break;
                case JsonTokenType.Number:
                    value.Add(Leaf.OfNumber(ExactNumber.Parse(reader.ValueSpan)));
                    break;
                case JsonTokenType.True:
                    value.Add(Leaf.OfWord(Word.True));
                    break;
                case JsonTokenType.False:
                    value.Add(Leaf.OfWord(Word.False));
                    break;
                default:
                    value.Add(Leaf.OfWord(Word.Null));
                    break;
            }

            if (arrays == 0)
                return value;
            reader.Read();
        }
    }

    private static int Slot(ref Utf8JsonReader reader, FieldNode node)
    {
        if (!node.MayKnow(reader.ValueSpan.Length) || !HasText(ref reader))
            return -1;
        const int OnStack = 256;
        var name = reader.ValueSpan.Length <= OnStack ? stackalloc char[OnStack] : new char[reader.ValueSpan.Length];
        return node.SlotOf(name[..reader.CopyString(name)]);
    }

    /// <summary>Whether the escapes of a string make text: no surrogate without its other half.</summary>
    private static bool HasText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return true;
        var rest = reader.ValueSpan;
        while (rest.IndexOf((byte)'\\') is >= 0 and var at)
        {
            rest = rest[at..];
            if (!IsHigh(rest) && !IsLow(rest))
            {
                rest = rest[2..];
                continue;
            }

            if (!IsHigh(rest) || !IsLow(rest[6..]))
                return false;
            rest = rest[12..];
        }

        return true;
    }

    /// <summary>Whether a text begins with the escape of a surrogate that begins a pair.</summary>
    private static bool IsHigh(ReadOnlySpan<byte> text) =>
        text.StartsWith("\\u"u8) && text[2] is (byte)'d' or (byte)'D' && "89abAB"u8.Contains(text[3]);

    private static bool IsLow(ReadOnlySpan<byte> text) =>
        text.StartsWith("\\u"u8) && text[2] is (byte)'d' or (byte)'D' && "cdefCDEF"u8.Contains(text[3]);
}
