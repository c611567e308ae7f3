using System.Text;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>Texts that must not appear in a log, by what they are.</summary>
public sealed class Secrets(params IEnumerable<(string What, string Text)> known)
{
    private readonly List<(string What, string Text)> all = [.. known];

    public void Add(string what, string text) => all.Add((what, text));

    /// <summary>A receipt, and its signature, which is what makes it one.</summary>
    public void AddReceipt(string receipt) => all.AddRange([("a receipt", receipt), ("a receipt's signature", receipt[^20..])]);

    /// <summary>The lines that have one of them, as it is, escaped or in Base64.</summary>
    public IEnumerable<string> LeaksIn(string output)
    {
        var lines = output.Split('\n');
        return from secret in all
            from form in new[]
            {
                secret.Text,
                Uri.EscapeDataString(secret.Text),
                Convert.ToBase64String(Encoding.UTF8.GetBytes(secret.Text)),
            }.Distinct()
            from line in lines
            where line.Contains(form, StringComparison.Ordinal)
            select $"{secret.What}: {line}";
    }
}
