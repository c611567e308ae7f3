using System.Globalization;
using System.Xml;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>
/// The characters that SQS takes in texts, which are those of XML 1.0:
/// <c>#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF</c>.
/// </summary>
internal static class XmlText
{
    public static bool IsValid(string text) => FirstInvalid(text) < 0;

    /// <summary>The first character that is not among them, as <c>#x0</c>; null when all are.</summary>
    public static string? Offender(string text)
    {
        var at = FirstInvalid(text);
        return at < 0 ? null : "#x" + ((int)text[at]).ToString("x", CultureInfo.InvariantCulture);
    }

    /// <summary>The text with others replaced by question marks.</summary>
    public static string Clean(string text)
    {
        if (IsValid(text))
            return text;
        var characters = text.ToCharArray();
        for (var i = 0; i < characters.Length; i++)
        {
            if (char.IsSurrogate(characters[i]) || !XmlConvert.IsXmlChar(characters[i]))
                characters[i] = '?';
        }

        return new string(characters);
    }

    private static int FirstInvalid(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i]))
                continue;
            if (i + 1 >= text.Length || !XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                return i;
            i++;
        }

        return -1;
    }
}
