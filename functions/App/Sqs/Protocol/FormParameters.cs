using System.Text;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>Form-encoded parameters: <c>name=value</c> joined by <c>&amp;</c>, percent-encoded UTF-8, a plus for a space.</summary>
internal static class FormParameters
{
    /// <summary>A batch of ten messages with ten attributes each has some 500.</summary>
    private const int MaxParameters = 2000;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Adds the parameters; false when they are not form-encoded, or far too many. The last of a name counts.</summary>
    public static bool TryRead(ReadOnlySpan<byte> form, Dictionary<string, string> parameters)
    {
        while (!form.IsEmpty)
        {
            var end = form.IndexOf((byte)'&');
            var pair = end < 0 ? form : form[..end];
            form = end < 0 ? default : form[(end + 1)..];
            if (pair.IsEmpty)
                continue;
            var split = pair.IndexOf((byte)'=');
            if (
                parameters.Count >= MaxParameters
                || !TryDecode(split < 0 ? pair : pair[..split], out var name)
                || !TryDecode(split < 0 ? default : pair[(split + 1)..], out var value)
            )
                return false;
            parameters[name] = value;
        }

        return true;
    }

    private static bool TryDecode(ReadOnlySpan<byte> encoded, out string text)
    {
        text = "";
        var bytes = new byte[encoded.Length];
        if (!PercentEncoding.TryDecode(encoded, plusIsSpace: true, bytes, out var length))
            return false;
        try
        {
            text = Strict.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
