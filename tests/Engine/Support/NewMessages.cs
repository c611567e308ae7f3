using CsCheck;

namespace FuncQueue.Engine.Tests.Support;

/// <summary>Random messages: any bytes, any text.</summary>
public static class NewMessages
{
    // Whole characters only: an unpaired surrogate is no text and has no UTF-8.
    private static readonly Gen<string> Character = Gen.Frequency(
        (6, Gen.Char['\u0020', '\u007e'].Select(c => c.ToString())),
        (2, Gen.Char['\u0000', '\u001f'].Select(c => c.ToString())),
        (2, Gen.Char['\u00a0', '\u07ff'].Select(c => c.ToString())),
        (2, Gen.Char['\u0800', '\ud7ff'].Select(c => c.ToString())),
        (1, Gen.Int[0x10000, 0x10FFFF].Select(char.ConvertFromUtf32))
    );

    public static readonly Gen<string> AnyText = Character.Array[0, 40].Select(string.Concat);

    public static readonly Gen<string> Name = Character.Array[1, 20].Select(string.Concat);

    public static readonly Gen<byte[]> Body = Gen.Frequency(
        (1, Gen.Const(Array.Empty<byte>())),
        (6, Gen.Byte.Array[1, 300]),
        (1, Gen.Byte.Array[1, 300].Select(b => Enumerable.Range(0, 3000).SelectMany(_ => b).Take(Limits.MaxInlineBodyBytes).ToArray())),
        (1, Gen.Int[-2, 2].Select(n => Enumerable.Range(0, Limits.MaxInlineBodyBytes + n).Select(i => (byte)(i * 31)).ToArray()))
    );

    public static readonly Gen<NewMessage> Any = Gen.Select(
        Body,
        Gen.Bool,
        Gen.Null(Gen.Char['\u0020', '\u007e'].Array[1, 60].Select(c => new string(c))),
        Gen.Dictionary(Name, AnyText)[0, 8],
        Gen.Null(Gen.Char['a', 'z'].Array[1, Limits.MaxIdLength].Select(c => new string(c))),
        Gen.Int[0, Limits.MaxPriority],
        Gen.Null(Gen.Char['0', 'f'].Array[55].Select(c => new string(c))),
        (body, streamed, contentType, attributes, group, priority, trace) =>
            new NewMessage
            {
                Body = streamed ? MessageBody.FromStream(new MemoryStream(body)) : MessageBody.FromBytes(body),
                ContentType = contentType,
                Attributes = attributes,
                GroupId = group,
                Priority = priority,
                TraceParent = trace,
                TraceState = trace is null ? null : "vendor=" + trace,
            }
    );
}
