using FuncQueue.Engine.Keys;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Keys;

/// <summary>A test about keys in storage.</summary>
public abstract class KeyTest(AzuriteFixture azurite) : EngineTest(azurite)
{
    protected static readonly KeyChange Sender = new() { Rights = ["send"], Resources = ["orders*", "topic:prices"] };

    protected static KeyName Name(string text) => KeyName.TryParse(text, out var name) ? name : throw new ArgumentException(text);

    /// <summary>Makes a key; its text.</summary>
    protected static async Task<string> MakeAsync(TestEngine engine, string name = "producer", KeyChange? change = null)
    {
        var issued = (await engine.Keys.PutAsync(Name(name), change ?? Sender, default, Cancellation)).Value;
        issued.Created.ShouldBeTrue();
        return issued.Text.ShouldNotBeNull();
    }

    protected static async Task<string> RotateAsync(TestEngine engine, TimeSpan overlap, string name = "producer") =>
        (await engine.Keys.RotateAsync(Name(name), overlap, Cancellation)).Value.Text.ShouldNotBeNull();

    /// <summary>The name of the key that a text is here; null: it is none.</summary>
    protected async Task<string?> FindAsync(TestEngine engine, string text)
    {
        var finding = engine.Keys.FindAsync(text, Cancellation);
        // What is unknown is looked for once more, after a pause on the test's clock.
        while (!finding.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.WhenAny(finding, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation));
        }

        return (await finding).Value?.Name.Value;
    }
}
