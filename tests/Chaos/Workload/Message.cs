using System.Security.Cryptography;
using System.Text;

namespace FuncQueue.Chaos.Workload;

/// <summary>A message of the workload: its key stands in an attribute and begins its body.</summary>
internal sealed record Message(string Key, byte[] Body)
{
    public const string KeyAttribute = "key";

    /// <summary>Ends the key of a message that consumers always give back, until it is a dead letter.</summary>
    public const string Poison = "-poison";

    /// <summary>Ends the key of a message that consumers make a dead letter at once, until it has been made live again.</summary>
    public const string Broken = "-broken";

    public string Digest => DigestOf(Body);

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>A body of about so many bytes, text or not, that no other message has.</summary>
    public static Message Create(string key, int length, bool isText, Random random)
    {
        var body = new byte[Math.Max(length, key.Length + 1)];
        if (isText)
            random.GetItems("abcdefghijklmnopqrstuvwxyz \"\\{}\t"u8, body);
        else
            random.NextBytes(body);
        Encoding.ASCII.GetBytes(key + "\n").CopyTo(body, 0);
        return new Message(key, body);
    }

    public static string DigestOf(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 12));
}
