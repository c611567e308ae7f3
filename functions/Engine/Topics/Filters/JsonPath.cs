using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FuncQueue.Engine.Topics.Filters;

/// <summary>Paths in JSON, as faults name places: <c>filters[0].attributes.format[1]</c>, <c>…["a name with dots."]</c>.</summary>
internal static class JsonPath
{
    private const int LongestName = 100;

    public static string Element(string at, int index) => string.Create(CultureInfo.InvariantCulture, $"{at}[{index}]");

    public static string Property(string at, string name)
    {
        if (name.Length > 0 && name.Length <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '$'))
            return $"{at}.{name}";
        return $"{at}[{Quoted(name)}]";
    }

    /// <summary>A text in quotation marks, shortened where it is long.</summary>
    public static string Quoted(string text)
    {
        // The encoder refuses half of a surrogate pair; UTF-8 has a sign for it.
        var sound = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(Short(text)));
        return $"\"{JsonEncodedText.Encode(sound, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
    }

    public static string Short(string text)
    {
        if (text.Length <= LongestName)
            return text;
        var end = char.IsHighSurrogate(text[LongestName - 1]) ? LongestName - 1 : LongestName;
        return text[..end] + "…";
    }
}
