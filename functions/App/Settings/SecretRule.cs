using System.Text;

namespace FuncQueue.Functions.Settings;

/// <summary>Which values keep no secret.</summary>
internal static class SecretRule
{
    /// <summary>Fewest bytes (UTF-8) of a secret: 128 bits, were they drawn by chance.</summary>
    public const int MinBytes = 16;

    /// <summary>Secrets that anybody can read: those of Amazon's documentation, which examples for SQS clients everywhere repeat.</summary>
    private static readonly string[] Published =
    [
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
    ];

    /// <summary>What is wrong with a secret, as the end of a sentence that begins with its name; null: nothing.</summary>
    public static string? Fault(string secret) =>
        secret switch
        {
            _ when Encoding.UTF8.GetByteCount(secret) < MinBytes => $"must be at least {MinBytes} bytes long",
            _ when Published.Contains(secret, StringComparer.Ordinal) => "is an example from public documentation: make up one of your own",
            _ => null,
        };
}
