//! Target descriptions: XML that says what registers a target has and in which order they are told.

/// A register in the answer to `g`, and its number for `p`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegisterPlace {
    /// Its name: `rax`.
    pub name: String,
    /// Its number.
    pub number: u32,
    /// Its size in bytes.
    pub size: usize,
}

/// What registers a target has.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct TargetDescription {
    /// The architecture in the words of BFD: `i386:x86-64`.
    pub architecture: Option<String>,
    /// The registers in the order of their numbers.
    pub registers: Vec<RegisterPlace>,
    /// Other files that belong to it.
    pub includes: Vec<String>,
}

/// More than any architecture has.
const MAX_REGISTERS: usize = 4096;

impl TargetDescription {
    /// Adds what stands in the file `xml`. Tags without the attributes that they need are passed over.
    pub fn add(&mut self, xml: &str) {
        for tag in tags(xml) {
            match tag.name {
                "architecture" => self.architecture = Some(tag.text.trim().to_owned()),
                "xi:include" => self.includes.extend(tag.find("href").map(str::to_owned)),
                "reg" => self.add_register(&tag),
                _ => {}
            }
        }
    }

    fn add_register(&mut self, tag: &Tag<'_>) {
        let next = self
            .registers
            .last()
            .map_or(0, |last| last.number.saturating_add(1));
        // A number that is not told is one more than the one before.
        let number = tag.find("regnum").and_then(|number| number.parse().ok());
        let bits: Option<usize> = tag.find("bitsize").and_then(|bits| bits.parse().ok());
        if let (Some(name), Some(bits)) = (tag.find("name"), bits)
            && bits <= 1 << 16
            && self.registers.len() < MAX_REGISTERS
        {
            let place = RegisterPlace {
                name: name.to_owned(),
                number: number.unwrap_or(next),
                size: bits.div_ceil(8),
            };
            let behind = self
                .registers
                .partition_point(|register| register.number <= place.number);
            self.registers.insert(behind, place);
        }
    }

    /// What stands in the answer to `g`: registers with their bytes, where they are known.
    pub fn values<'a>(
        &'a self,
        digits: &'a [u8],
    ) -> impl Iterator<Item = (&'a RegisterPlace, Vec<u8>)> {
        let mut rest = digits;
        self.registers.iter().filter_map(move |register| {
            let (own, behind) = rest.split_at_checked(register.size.checked_mul(2)?)?;
            rest = behind;
            // `xx` stands for bytes that are not known.
            Some((register, super::parse_hex(own)?))
        })
    }
}

/// A tag, and the text up to the next one.
struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    text: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute.
    fn find(&self, wanted: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        while let Some((name, behind)) = rest.split_once('=') {
            let behind = behind.trim_start();
            let quote = behind
                .chars()
                .next()
                .filter(|quote| ['"', '\''].contains(quote))?;
            let (value, behind) = behind.get(1..)?.split_once(quote)?;
            if name.trim() == wanted {
                return Some(value);
            }
            rest = behind;
        }
        None
    }
}

/// The tags that open something. Comments are passed over; no description has anything else of XML that matters.
fn tags(xml: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = xml;
    std::iter::from_fn(move || {
        loop {
            let (_, behind) = rest.split_once('<')?;
            if let Some(comment) = behind.strip_prefix("!--") {
                rest = comment.split_once("-->")?.1;
                continue;
            }
            let (inside, behind) = behind.split_once('>')?;
            rest = behind;
            let inside = inside.trim_end_matches('/');
            let end = inside.find(char::is_whitespace).unwrap_or(inside.len());
            let (name, attributes) = inside.split_at(end);
            if !name.is_empty() && !name.starts_with(['/', '?', '!']) {
                let text = behind.split('<').next().unwrap_or_default();
                return Some(Tag {
                    name,
                    attributes,
                    text,
                });
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_have_numbers_names_and_sizes() {
        let mut description = TargetDescription::default();
        description.add(
            "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target>\n\
             <architecture>i386:x86-64</architecture><!-- <reg name=\"no\" bitsize=\"8\"/> -->\n\
             <xi:include href=\"more.xml\"/></target>",
        );
        assert_eq!(description.includes, ["more.xml"]);
        description.add(
            "<feature name='x'><reg name=\"a\" bitsize='64' type=\"int\"/>\
             <reg name = \"c\" bitsize=\"32\" regnum=\"7\"/><reg bitsize=\"32\" name=\"d\"/>\
             <reg name=\"b\" bitsize=\"8\" regnum=\"2\"/><reg name=\"z\"/></feature>",
        );
        assert_eq!(description.architecture.as_deref(), Some("i386:x86-64"));
        let places: Vec<_> = description
            .registers
            .iter()
            .map(|place| (&*place.name, place.number, place.size))
            .collect();
        assert_eq!(places, [("a", 0, 8), ("b", 2, 1), ("c", 7, 4), ("d", 8, 4)]);
        let values: Vec<_> = description
            .values(b"0100000000000000ff01020304xxxxxxxx")
            .map(|(place, value)| (&*place.name, value))
            .collect();
        assert_eq!(
            values,
            [
                ("a", vec![1, 0, 0, 0, 0, 0, 0, 0]),
                ("b", vec![0xff]),
                ("c", vec![1, 2, 3, 4])
            ]
        );
    }

    #[test]
    fn what_is_cut_off_is_passed_over() {
        for xml in [
            "<",
            "<reg",
            "<reg name=\"a",
            "<!-- <reg name='a' bitsize='8'/>",
            "<reg name=a bitsize=8/>",
            "<reg name='a' bitsize='-8'/>",
            "<reg name='a' bitsize='99999999'/>",
        ] {
            let mut description = TargetDescription::default();
            description.add(xml);
            assert_eq!(description, TargetDescription::default(), "{xml}");
        }
    }
}
