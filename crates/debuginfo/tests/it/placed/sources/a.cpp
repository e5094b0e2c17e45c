#include "shared.hpp"
namespace shapes {
class square : public shape {
public:
    square(int size) : shape(color::red), size(size) {}
    int area() const override { return size * twice(size); }
private:
    int size;
};
triangle corners;
detail::secret *secret;
int &reference = corners.elements[0].x;
}
namespace { struct unnamed { long l; } here; }
int main(int argc, char **argv)
{
    shapes::square square(argc);
    here.l = argc;
    return square.area() + shapes::shape::count + shapes::corners.first().sum() + (shapes::secret != nullptr);
}
