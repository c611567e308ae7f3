using System.Text;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>Requests made slightly wrong, by chance.</summary>
public static class Mutations
{
    private static readonly string[] Bits =
    [
        "\"",
        "\\ud800",
        "\\u0000",
        "null",
        "[]",
        "{}",
        "-1",
        "99999999999999999999",
        "1e400",
        "%",
        "%00",
        "%C3%28",
        "&",
        "=",
        ".",
        "..",
        "+",
        "\uFFFE",
        "😀",
        "</Message>",
        "<![CDATA[",
        "'",
        "\n",
        "arn:aws:sqs:us-east-1:000000000000:",
    ];

    public static byte[] Of(Random random, byte[] bytes)
    {
        var result = bytes.ToList();
        for (var n = random.Next(1, 5); n > 0 && result.Count > 0; n--)
        {
            var at = random.Next(result.Count);
            switch (random.Next(6))
            {
                case 0:
                    result[at] = (byte)random.Next(256);
                    break;
                case 1:
                    result.RemoveRange(at, Math.Min(random.Next(1, 12), result.Count - at));
                    break;
                case 2:
                    result.InsertRange(at, result.Skip(random.Next(result.Count)).Take(random.Next(1, 40)).ToArray());
                    break;
                case 3:
                    result.InsertRange(at, Encoding.UTF8.GetBytes(Bits[random.Next(Bits.Length)]));
                    break;
                case 4:
                    result = [.. result.Take(at)];
                    break;
                default:
                    var (a, b) = (random.Next(result.Count), random.Next(result.Count));
                    (result[a], result[b]) = (result[b], result[a]);
                    break;
            }
        }

        return [.. result];
    }
}
