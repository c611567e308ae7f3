using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace FuncQueue.Engine.Keys;

/// <summary>
/// Keys as callers hold them: <c>fq_</c> and the base64url of a random version, by which the key is found, and of HMAC-SHA-256 over name
/// and version under the deployment's root secret. So none needs to be stored, and none can be made up.
/// </summary>
internal static class KeyText
{
    public const string Prefix = "fq_";

    /// <summary>Bytes of the root secret.</summary>
    public const int RootBytes = 32;

    private const int VersionBytes = 16;
    private const int TotalBytes = VersionBytes + HMACSHA256.HashSizeInBytes;

    /// <summary>48 bytes are 64 characters without a bit to spare: each key has one spelling.</summary>
    private const int Length = 3 + (TotalBytes / 3 * 4);

    /// <summary>A version that no key had before, as hexadecimal digits.</summary>
    public static string NewVersion() => RandomNumberGenerator.GetHexString(2 * VersionBytes, lowercase: true);

    public static bool IsVersion(string text) => text.Length == 2 * VersionBytes && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The key of this name and version.</summary>
    public static string Derive(ReadOnlySpan<byte> root, string name, string version)
    {
        Span<byte> bytes = stackalloc byte[TotalBytes];
        Convert.FromHexString(version).CopyTo(bytes);
        HMACSHA256.HashData(root, Encoding.ASCII.GetBytes($"key:{version}:{name}"), bytes[VersionBytes..]);
        return Prefix + Base64Url.EncodeToString(bytes);
    }

    /// <summary>The version that a text names, if it could be a key; whether it is one, only <see cref="Derive"/> tells.</summary>
    public static bool TryReadVersion([NotNullWhen(true)] string? text, [NotNullWhen(true)] out string? version)
    {
        version = null;
        if (text is not { Length: Length } || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        Span<byte> bytes = stackalloc byte[TotalBytes];
        if (
            Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length), bytes, out _, out var written) != OperationStatus.Done
            || written != TotalBytes
        )
            return false;
        version = Convert.ToHexStringLower(bytes[..VersionBytes]);
        return true;
    }

    /// <summary>Whether two keys are the same, in a time that does not tell where they differ.</summary>
    public static bool AreSame(string expected, string presented) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(presented));
}
